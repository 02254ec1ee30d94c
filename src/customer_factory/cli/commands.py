"""The commands. What they print is for people; with ``--json`` it is for programs."""

from __future__ import annotations

import json
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer

from customer_factory.basics.errors import FactoryError
from customer_factory.cli import roadmap
from customer_factory.cli.activation import activation
from customer_factory.cli.guards import guards
from customer_factory.cli.progress import Stopped, loading

app = typer.Typer(
    name="customer-factory",
    help="From what your customers do to happy customers per week, and the one step that holds them back.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Folder = Annotated[Path, typer.Argument(help="The factory's folder: factory.toml and its data.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON and nothing else.")]
Html = Annotated[Path | None, typer.Option("--html", help="Write the report as one self-contained page.")]
Png = Annotated[Path | None, typer.Option("--png", help="Write the drawing with the headline as a picture.")]


@app.command()
def init(
    folder: Folder,
    template: Annotated[str, typer.Option(help="saas, shop, service, marketplace, multi-sided or hardware.")] = "saas",
    name: Annotated[str | None, typer.Option(help="The factory's name; the folder's without it.")] = None,
) -> None:
    """Write a blueprint to start from: FOLDER/factory.toml."""
    from customer_factory.blueprint.templates import write

    if folder.exists() and not folder.is_dir():
        raise FactoryError("This is a file, where a factory is a folder.", where=str(folder))
    path = write(folder, template, name)
    typer.echo(f"Wrote {path}.")
    typer.echo("Next: name your own events in it, put your files beside it, then")
    typer.echo(f"  customer-factory load {folder} FILES…   and   customer-factory look {folder}")


@app.command()
def load(
    folder: Folder,
    files: Annotated[
        list[Path] | None, typer.Argument(help="CSV, Parquet or JSON lines; none: all [[sources]].")
    ] = None,
) -> None:
    """Take events in. Loading the same file twice changes nothing."""
    from customer_factory.factory import REJECTS, Factory

    with Factory.open(folder) as factory:
        if not files and not factory.blueprint.sources:
            raise FactoryError("There is nothing to load.", hint="Name files, or declare [[sources]] in factory.toml.")
        chosen: list[Path | None] = [*(files or [])]
        for each in chosen or [None]:
            with loading() as progress:
                counts = factory.load(each, progress)
            typer.echo(
                f"{each.name if each else 'sources'}: {counts.read:,} rows read, {counts.accepted:,} new events, "
                f"{counts.duplicates:,} known already, {counts.rejected:,} set aside."
            )
        reasons = factory.intake().reasons
        if reasons:
            from customer_factory.events.reasons import REASONS

            typer.echo(f"Set aside so far (see {folder / REJECTS}):")
            for code, count in reasons.items():
                typer.echo(f"  {count:>8,}  {code}: {REASONS[code]}")


@app.command()
def look(
    where: Annotated[list[Path], typer.Argument(help="A factory's folder, or files of events.", show_default=False)],
    blueprint: Annotated[Path | None, typer.Option(help="The blueprint for files of events.")] = None,
    on: Annotated[
        str | None, typer.Option(help="Look as of this date (2026-03-01): nothing after it is known.")
    ] = None,
    as_json: Json = False,
    html: Html = None,
    png: Png = None,
) -> None:
    """Show the factory: throughput, where people are lost or stuck, and the constraint."""
    from customer_factory.factory import opened

    with loading() as progress, opened(where, blueprint, progress) as factory:
        report = factory.look(on, progress)
    show(report, as_json=as_json, html=html, png=png)


app.command()(roadmap.roadmap)
app.command()(roadmap.stage)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where to put the made-up company.")] = Path("demo"),
    company: Annotated[str, typer.Option(help="Which one: saas, shop, service, marketplace, game, …")] = "saas",
) -> None:
    """Look at a made-up company: writes it, loads it, prints the report and writes the page."""
    from customer_factory import samples
    from customer_factory.factory import Factory

    made = samples.company(company)
    made.write(folder)
    with loading() as progress, Factory.open(folder) as factory:
        report = factory.look(made.on, progress)
    show(report, as_json=False, html=folder / "report.html", png=folder / "report.png")
    typer.echo(f"{made.description}")
    typer.echo(f"Its folder is {folder}: read factory.toml, and open report.html in a browser.")


app.command()(activation)
app.command()(guards)


def show(report: Any, *, as_json: bool, html: Path | None, png: Path | None) -> None:
    """Print a report, and write the faces that are asked for."""
    if html is not None:
        _write(html, report.to_html)
    if png is not None:
        _write(png, report.to_png)
    if as_json:
        narrow = not (sys.stdout.encoding or "").lower().startswith("utf")
        typer.echo(json.dumps(report.to_dict(), ensure_ascii=narrow, indent=2, allow_nan=False))
        return
    report.to_terminal()
    for path in (html, png):
        if path is not None:
            typer.echo(f"Wrote {path}.")


def _write(path: Path, write: Any) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path)
    except OSError as error:
        raise FactoryError(f"The file cannot be written ({error.strerror}).", where=str(path)) from None


def main() -> None:
    """Run the command line: user errors are told in one message, with code 2 and no traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a sign that the terminal cannot show is no reason to fail
    try:
        app()
    except Stopped:
        typer.echo("Stopped. What was loaded is kept; the same command goes on from there.", err=True)
        sys.exit(130)
    except FactoryError as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(2)
    except OSError as error:
        typer.echo(f"Error: {error.filename}: {error.strerror}." if error.filename else f"Error: {error}", err=True)
        sys.exit(2)
