"""What the guards noticed, in a terminal: the alarms first, then what people say and what becomes of leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer_factory.judgement.alarm import Alarm
from customer_factory.measures.satisfaction import Satisfaction, Score, Share
from customer_factory.report import numbers as n
from customer_factory.report.terminal import Writer

if TYPE_CHECKING:
    from customer_factory.report.guards import Guards

_NAMES, _ROWS = 5, 8
TITLES = {"nps": "NPS", "csat": "CSAT"}


def write(found: Guards, out: Writer) -> None:
    """Write it."""
    out.line(found.name, "bold")
    out.line(f"Guards, as of {n.day(found.on.isoformat())}")
    count = len(found.alarms)
    out.title(f"{count or 'No'} alarm{'' if count == 1 else 's'}")
    for alarm in found.alarms:
        _alarm(alarm, out)
    if not count:
        out.line(f"{found.series} series of daily counts were looked at.")
    for survey in found.satisfaction.values():
        _survey(survey, out)
    if found.giveaways is not None and found.giveaways.people.part:
        given = found.giveaways
        out.title("What is given away")
        out.line(
            f"{_share(given.people)} of the people were given something; {_share(given.payments)} of the payments."
        )
        out.line(f"Reached the outcome: {_share(given.happy)} of them, {_share(given.others)} of the others.")
    for by, sources in found.leads.items():
        if sources:
            out.title(f"What becomes of leads, by {by}")
            body = [
                [each.source, n.count(each.leads), n.rate(each.estimate), n.rates(each.low, each.high), "▼" * each.poor]
                for each in sorted(sources, key=lambda each: (not each.poor, -each.leads))[:_ROWS]
            ]
            out.table((by, "people", "happy", "95%", ""), body)
    if found.blind:
        out.title("Not guarded")
        for each in found.blind:
            out.item(each)


def _alarm(alarm: Alarm, out: Writer) -> None:
    out.line(f"▼ {alarm.kind} · {alarm.where}", "bold")
    out.line(alarm.text, indent=2)
    if alarm.people:
        some = ", ".join(alarm.people[:_NAMES])
        rest = f" and {len(alarm.people) - _NAMES:,} more (--who {alarm.kind})" if len(alarm.people) > _NAMES else ""
        out.line(f"{len(alarm.people):,} {'people' if len(alarm.people) > 1 else 'person'}: {some}{rest}", indent=2)


def _survey(survey: Satisfaction, out: Writer) -> None:
    out.title(TITLES[survey.survey])
    if survey.all is None:
        out.line("Nobody has answered yet.")
        return
    out.line(f"{_score(survey, survey.all)} of {survey.all.n:,} people, each by the latest answer.")
    if survey.without.of:
        out.line(f"Of the satisfied, {_share(survey.without)} never reached the outcome.")
    largest = sorted(survey.by_channel.items(), key=lambda item: -item[1].n)[:_ROWS]
    body = [[name, *_cells(survey, score)] for name, score in largest]
    out.table(("channel", "score", "95%", "people"), body)
    recent = [(start, score) for start, score in survey.by_batch if score is not None][-_ROWS:]
    out.line()
    body = [[n.day(start.isoformat()), *_cells(survey, score)] for start, score in recent]
    out.table(("batch from", "score", "95%", "people"), body)


def _score(survey: Satisfaction, score: Score) -> str:
    shown, interval, _ = _cells(survey, score)
    return f"{shown} ({interval})"


def _cells(survey: Satisfaction, score: Score) -> list[str]:
    if survey.survey == "nps":
        return [f"{score.score:.1f}", f"{score.low:.1f} to {score.high:.1f}", n.count(score.n)]
    return [n.rate(score.score, score.low, score.high), n.rates(score.low, score.high), n.count(score.n)]


def _share(share: Share) -> str:
    return f"{n.rate(share.share)} ({n.count(share.part)} of {n.count(share.of)})"
