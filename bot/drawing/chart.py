"""The road map as a picture for a phone: one bar a step on an axis of time, the mission as a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from textwrap import shorten
from typing import Final

from PIL import Image, ImageDraw

from bot.drawing.lettering import drawable, font, wrap
from bot.drawing.paper import (
    EDGE,
    FAINT,
    GOOD,
    INDENT,
    INK,
    LATE,
    LONGEST,
    MISSION,
    MISSION_FAINT,
    MUTED,
    PAPER,
    RENEWED,
    RENEWED_LONGEST,
    SHORTEST,
    WIDTH,
    Canvas,
    Colour,
    axis_of,
)
from flows.roadmap.plan import PlannedStep, RoadMap
from flows.roadmap.sentences import (
    MARKETS,
    tell_late,
    tell_mission,
    tell_notes,
    tell_state,
    tell_time,
    tell_total,
)
from flows.taxonomy import SECTORS, label_of
from locales.formats import show_short_date
from locales.language import Language
from locales.words import Words, _, ngettext, render

_LONGEST_NAME: Final = 80


def draw_roadmap(roadmap: RoadMap, language: Language, today: date, *, name: str = "") -> bytes:
    """Draw a road map as a PNG, 1080 pixels wide; `name` is what the product is called."""
    axis = axis_of(roadmap, today)
    canvas = Canvas(axis, language)
    _write_head(canvas, roadmap, today, name)
    if any(_has_bar(planned) for planned in roadmap.steps):
        _draw_axis(canvas, roadmap)
    for planned in roadmap.steps:
        _draw_step(canvas, planned)
    canvas.y += 12
    canvas.pen.line((EDGE, canvas.y, WIDTH - EDGE, canvas.y), FAINT, 2)
    canvas.y += 20
    for note in tell_notes(roadmap):
        canvas.write(note, 28, MUTED)
        canvas.y += 8
    return canvas.png()


def title_of(roadmap: RoadMap, name: str = "") -> Words:
    """Name a road map by its product and market."""
    called = shorten(drawable(name), _LONGEST_NAME, placeholder="…")
    return _(
        "Road map to {market}: {product}",
        market=MARKETS[roadmap.market],
        product=called or label_of(SECTORS, roadmap.product.sector),
    )


def _write_head(canvas: Canvas, roadmap: RoadMap, today: date, name: str) -> None:
    canvas.write(title_of(roadmap, name), 50, bold=True)
    canvas.y += 6
    progress = ngettext(
        "{done} of {count} step done",
        "{done} of {count} steps done",
        len(roadmap.steps),
        done=roadmap.done,
    )
    shown = show_short_date(today, canvas.language)
    canvas.write(f"{shown} · {render(progress, canvas.language)}", 30, MUTED)
    canvas.y += 14
    canvas.write(tell_total(roadmap), 36, bold=True)
    mission = tell_mission(roadmap)
    if mission:
        canvas.write(mission, 36, LATE if roadmap.late.most else INK, bold=bool(roadmap.late.most))
    canvas.y += 24


def _draw_axis(canvas: Canvas, roadmap: RoadMap) -> None:
    pen, axis, letters = canvas.pen, canvas.axis, font(26)
    x = EDGE
    for colour, words in ((SHORTEST, _("shortest estimate")), (LONGEST, _("longest estimate"))):
        pen.rounded_rectangle((x, canvas.y + 4, x + 40, canvas.y + 28), 6, colour)
        text = render(words, canvas.language)
        pen.text((x + 52, canvas.y), text, font=letters, fill=MUTED)
        x += 52 + round(letters.getlength(text)) + 36
    canvas.y += 50
    if roadmap.mission:
        _draw_flag(canvas, show_short_date(roadmap.mission.starts, canvas.language))
    unit = _("Months from today") if axis.in_months else _("Weeks from today")
    canvas.write(unit, 26, MUTED)
    _draw_mission_line(canvas, canvas.y, canvas.y + 44)
    for number, place in axis.ticks():
        label = str(number)
        left = min(max(place - round(letters.getlength(label) / 2), EDGE), WIDTH - EDGE)
        pen.text((left, canvas.y), label, font=letters, fill=INK, stroke_width=4, stroke_fill=PAPER)
        pen.line((place, canvas.y + 34, place, canvas.y + 44), MUTED, 2)
    canvas.y += 44
    pen.line((EDGE, canvas.y, WIDTH - EDGE, canvas.y), MUTED, 2)
    canvas.y += 26


def _draw_flag(canvas: Canvas, day: str) -> None:
    """Say above the axis where the mission is, with an arrow when it lies beyond."""
    text = render(_("Mission: {date}", date=day), canvas.language)
    letters = font(28, bold=True)
    if canvas.axis.mission is None:
        text += " →"
    place = WIDTH - EDGE if canvas.axis.mission is None else canvas.axis.x(canvas.axis.mission)
    width = round(letters.getlength(text)) + 28
    left = min(max(place - width // 2, EDGE), WIDTH - EDGE - width)
    canvas.pen.rounded_rectangle((left, canvas.y, left + width, canvas.y + 46), 8, MISSION)
    canvas.pen.text((left + 14, canvas.y + 6), text, font=letters, fill=PAPER)
    canvas.y += 46
    _draw_mission_line(canvas, canvas.y, canvas.y + 12)
    canvas.y += 12


def _draw_mission_line(canvas: Canvas, top: int, bottom: int, colour: Colour = MISSION) -> None:
    if canvas.axis.mission is not None:
        place = canvas.axis.x(canvas.axis.mission)
        canvas.pen.line((place, top, place, bottom), PAPER, 9)
        canvas.pen.line((place, top, place, bottom), colour, 3)


def _has_bar(planned: PlannedStep) -> bool:
    return planned.state != "done" and planned.step.weeks.most > 0


def _draw_step(canvas: Canvas, planned: PlannedStep) -> None:
    details = _details(planned, canvas.language)
    late = tell_late(planned)
    width = WIDTH - EDGE - INDENT
    height = 44 * len(wrap(render(planned.step.title, canvas.language), font(34, bold=True), width))
    height += 37 * len(wrap(details, font(28), width)) + 30
    height += 37 * len(wrap(render(late, canvas.language), font(28), width)) if late else 0
    height += 46 if _has_bar(planned) else 0
    _draw_mission_line(canvas, canvas.y, canvas.y + height, MISSION_FAINT)
    _draw_number(canvas, planned)
    canvas.write(planned.step.title, 34, bold=True, left=INDENT)
    canvas.write(details, 28, _colour(planned), left=INDENT)
    if late:
        canvas.write(late, 28, LATE if planned.required else MUTED, bold=planned.required, left=INDENT)
    if _has_bar(planned):
        _draw_bar(canvas, planned)
    canvas.y += 26


def _details(planned: PlannedStep, language: Language) -> str:
    """Say in a line who does a step, how long it takes and how it stands."""
    said = [] if planned.state == "to_do" and planned.required else [tell_state(planned)]
    if planned.state != "done":
        said.append(planned.step.who)
    if planned.state != "done" and (planned.step.each_shipment or planned.step.time != "within"):
        said.append(tell_time(planned))
    return " · ".join(render(each, language) for each in said)


def _colour(planned: PlannedStep) -> Colour:
    return {"done": GOOD, "to_renew": RENEWED, "to_do": MUTED}[planned.state]


def _draw_number(canvas: Canvas, planned: PlannedStep) -> None:
    """Draw the step's number in a circle; a tick when it is done."""
    size, fine = 56, 4
    colour = _colour(planned) if planned.state != "to_do" else INK
    ring = Image.new("RGB", (size * fine, size * fine), PAPER)
    pen = ImageDraw.Draw(ring)
    if planned.state == "done":
        pen.ellipse((4, 4, size * fine - 4, size * fine - 4), colour)
        pen.line((62, 116, 98, 156, 164, 74), PAPER, 24, joint="curve")
    else:
        pen.ellipse((4, 4, size * fine - 4, size * fine - 4), PAPER, colour, 16 if planned.required else 6)
    canvas.image.paste(ring.resize((size, size), Image.Resampling.LANCZOS), (EDGE, canvas.y - 4))
    if planned.state != "done":
        place = (EDGE + size // 2, canvas.y - 4 + size // 2)
        canvas.pen.text(place, str(planned.number), font=font(28, bold=True), fill=colour, anchor="mm")


def _draw_bar(canvas: Canvas, planned: PlannedStep) -> None:
    pen, axis = canvas.pen, canvas.axis
    top, bottom = canvas.y + 10, canvas.y + 38
    shortest, longest = (RENEWED, RENEWED_LONGEST) if planned.state == "to_renew" else (SHORTEST, LONGEST)
    pen.rectangle((EDGE, top, WIDTH - EDGE, bottom), (244, 246, 248))
    for _number, place in axis.ticks():
        pen.line((place, top, place, bottom), FAINT, 2)
    begin = axis.x(planned.begins.least)
    pen.rounded_rectangle((begin, top, max(axis.x(planned.ends.most), begin + 8), bottom), 6, longest)
    if planned.step.weeks.least:
        pen.rounded_rectangle((begin, top, max(axis.x(planned.ends.least), begin + 8), bottom), 6, shortest)
    if planned.ends.most > axis.weeks:
        _draw_arrow(canvas, top, bottom, shortest if planned.ends.least > axis.weeks else longest)
    _draw_mission_line(canvas, top - 6, bottom + 6)
    canvas.y += 46


def _draw_arrow(canvas: Canvas, top: int, bottom: int, colour: Colour) -> None:
    """Show that a bar goes on beyond the axis."""
    right = WIDTH - EDGE
    canvas.pen.rectangle((right - 6, top, right, bottom), colour)
    canvas.pen.polygon(((right, top), (right + 24, (top + bottom) // 2), (right, bottom)), colour)


def describe_roadmap(roadmap: RoadMap, language: Language, today: date, *, name: str = "") -> str:
    """Tell in text all that the picture shows, for those who cannot see it."""
    said: list[Words] = [title_of(roadmap, name), show_short_date(today, language), tell_total(roadmap)]
    mission = tell_mission(roadmap)
    said += [mission] if mission else []
    said += [_describe_step(planned, language) for planned in roadmap.steps]
    return "\n".join(_render_all([*said, *tell_notes(roadmap)], language))


def _describe_step(planned: PlannedStep, language: Language) -> str:
    late = tell_late(planned)
    said = f"{planned.number}. {render(planned.step.title, language)}: {_details(planned, language)}"
    return f"{said} · {render(late, language)}" if late else said


def _render_all(said: Sequence[Words], language: Language) -> Iterator[str]:
    return (render(each, language) for each in said)
