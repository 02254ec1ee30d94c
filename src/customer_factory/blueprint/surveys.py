"""[surveys]: which events are answers to the two questions that everybody asks, and where their scores are."""

from __future__ import annotations

from pydantic import Field, model_validator

from customer_factory.events.selector import Selector, Strict


class Survey(Selector):
    """[surveys.nps]: "How likely are you to recommend us?", answered from 0 to 10.

    ``score`` is the property that holds the answer. What is no whole number on the scale is no answer.
    """

    score: str = "score"

    @model_validator(mode="after")
    def _counts_no_events(self) -> Survey:
        if self.counts:
            raise ValueError("each answer counts on its own, so times, within and distinct have no place here")
        return self

    @property
    def legal(self) -> range:
        """The answers there are."""
        return range(11)

    @property
    def content(self) -> int:
        """The lowest score of a satisfied person; for this question, a promoter."""
        return 9


class Rating(Survey):
    """[surveys.csat]: "How satisfied are you?", answered from 1 to ``scale``, and from ``satisfied`` up with yes."""

    scale: int = Field(5, ge=2, le=100)
    satisfied: int | None = Field(None, ge=2)

    @model_validator(mode="after")
    def _on_the_scale(self) -> Rating:
        if self.content > self.scale:
            raise ValueError(f"satisfied is {self.satisfied}, and the scale ends at {self.scale}")
        return self

    @property
    def legal(self) -> range:
        """The answers there are."""
        return range(1, self.scale + 1)

    @property
    def content(self) -> int:
        """The lowest score of a satisfied person: of five, the 4s and 5s; of another scale, its upper two fifths."""
        return self.satisfied if self.satisfied is not None else self.scale - max(1, 2 * self.scale // 5) + 1


class Surveys(Strict):
    """[surveys]: what people are asked."""

    nps: Survey | None = None
    csat: Rating | None = None

    @property
    def asked(self) -> dict[str, Survey]:
        """The surveys that there are."""
        return {name: survey for name, survey in (("nps", self.nps), ("csat", self.csat)) if survey is not None}
