"""The versions of a duty as they stand for a place: its own terms filled in, overlays laid over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from regengine.clauses import Edition
from regengine.in_force import first_day
from regengine.law import LawFile, Obligation, Overlay, Stage, Version

# Terms of an obligation that hold for every version which does not state its own.
_INHERITED = (
    "to", "when", "grounds", "unless", "protects", "scope", "due", "stage", "applies_by",
    "transition", "hold", "not_before", "order", "content", "forbidden", "extras", "method",
    "portal", "languages", "keep", "late", "notes", "status", "cite", "sources", "verified", "unread",
    "confidence",
)  # fmt: skip  # reason: a list of field names reads better in lines


def editions_of(file: LawFile, overlays: list[Overlay], place: str) -> Iterator[Edition]:
    """List the versions of every duty of a file as they stand for a place with its overlays."""
    for obligation in file.obligation:
        own = [overlay for overlay in overlays if overlay.of == obligation.id]
        # A place's own terms take the place of the larger order's from their first day.
        if own:
            for overlay in own:
                base = _base_version(obligation, overlay)
                terms = _overlaid(overlay, base)
                yield Edition(f"{place} {overlay.from_}", obligation, terms)
            continue
        for version in obligation.version:
            yield Edition(str(version.from_), obligation, _filled(version, obligation))


def _filled(version: Version, obligation: Obligation) -> Version:
    """Fill in the terms that the version leaves to the obligation."""
    own = version.model_fields_set
    inherited = {
        name: getattr(obligation, name)
        for name in _INHERITED
        if name not in own and name in obligation.model_fields_set
    }
    for mine, other in (("verified", "unread"), ("unread", "verified")):
        if mine in own:  # a text that was read, or was not, says nothing of the other kind
            inherited.pop(other, None)
    return version.model_copy(update=inherited)


def _base_version(obligation: Obligation, overlay: Overlay) -> Version:
    """Pick the version of the larger order that an overlay builds on: the newest begun."""
    first = first_day(overlay.from_)
    begun = [item for item in obligation.version if first_day(item.from_) <= first]
    return _filled(begun[-1] if begun else obligation.version[0], obligation)


def _overlaid(overlay: Overlay, base: Version) -> Version:
    """Lay a place's terms over the base: its own terms, its anchors, its stages."""
    own = {
        name: getattr(overlay, name)
        for name in overlay.model_fields_set - {"of", "anchors", "drop", "stage", "unless_also"}
    }
    if overlay.unless_also:
        own["unless"] = (*(own.get("unless", base.unless) or ()), *overlay.unless_also)
    read = {"verified": None, "unread": None} if {"verified", "unread"} & own.keys() else {}
    merged = base.model_copy(update={"until": None, **read, **own})
    stages = {
        stage.name: _anchored(stage, overlay.anchors)
        for stage in base.stage or ()
        if stage.name not in overlay.drop
    }
    for stage in overlay.stage or ():
        stages[stage.name] = stage
    update: dict[str, Any] = {
        "stage": tuple(stages.values()) if base.stage or overlay.stage else None
    }
    if overlay.due is None and base.due is not None:
        update["due"] = _anchored_due(base.due, overlay.anchors)
    return merged.model_copy(update=update)


def _anchored(stage: Stage, anchors: Mapping[str, str]) -> Stage:
    return stage.model_copy(update={"due": _anchored_due(stage.due, anchors)})


def _anchored_due(due: Any, anchors: Mapping[str, str]) -> Any:
    """Replace the events that start the clocks of a due, at every depth."""
    update: dict[str, Any] = {}
    if due.starts in anchors:
        update["starts"] = anchors[due.starts]
    for limb in ("earliest", "latest", "cases"):
        limbs = getattr(due, limb)
        if limbs:
            update[limb] = tuple(_anchored_due(item, anchors) for item in limbs)
    return due.model_copy(update=update)
