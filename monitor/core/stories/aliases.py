"""Stories that turned out to be one, or two: append-only aliases that all who keep a story id follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b
from operator import mul

from monitor.core.stories.records import ALIASES, SIGNATURES, STORIES, Alias, Signature, Story
from monitor.core.view import Draft, View
from monitor.model import ItemId, StoryId

_TERMS = 500
"""A long story is told from others by so many terms; the rest of its words occurred once."""


def story_id(*parts: str) -> StoryId:
    """The id of the story that begins with these parts: the same in every run."""
    return StoryId("s" + blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest())


def resolve(story: StoryId, view: View | Draft) -> StoryId:
    """The story that `story` is part of by now; itself if it was never merged."""
    while alias := view.get(ALIASES, story):
        story = alias.into
    return story


def resolve_all(stories: Iterable[StoryId], view: View | Draft) -> dict[StoryId, StoryId]:
    """What `resolve` says of each of them, in as few questions as there are merges one after the other."""
    told = {story: story for story in stories}
    while known := view.get_many(ALIASES, set(told.values())):
        told = {story: known[now].into if now in known else now for story, now in told.items()}
    return told


def merged_into(story: StoryId, view: View | Draft) -> list[StoryId]:
    """The story's id, and those of the stories that were merged into it, one after the other."""
    names = [story]
    for name in names:  # grows
        names += [StoryId(a.story) for a in view.find(ALIASES, "into", [name]) if a.story not in names]
    return names


def names_of(story: StoryId, view: View | Draft) -> list[StoryId]:
    """All names under which older records of a story may stand, its own first: merged stories, and what it was part of.

    Whoever keeps something under a story's id asks for it under each of these.
    """
    names = merged_into(story, view)
    for name in names:  # grows
        known = view.get(STORIES, name)
        if known is not None and known.of and known.of not in names:
            names += [n for n in merged_into(known.of, view) if n not in names]
    return names


def merge(a: StoryId, b: StoryId, at: float, draft: Draft) -> StoryId:
    """Make two stories one from `at` (seconds since the epoch) on; the older one's id stays. Returns it."""
    a, b = resolve(a, draft), resolve(b, draft)
    one, other = draft.get(STORIES, a), draft.get(STORIES, b)
    if one is None or other is None or a == b:
        return a
    kept, gone = sorted((one, other), key=lambda s: (s.first, s.id))
    draft.put(ALIASES, Alias(gone.id, kept.id, at))
    draft.put(STORIES, replace(joined(kept, gone), announced=kept.announced or gone.announced))
    return kept.id


def joined(kept: Story, gone: Story) -> Story:
    """The profile of both stories' items under `kept`'s id."""
    sums, counts = kept.sums | gone.sums, kept.counts | gone.counts
    for term in filter(kept.sums.__contains__, gone.sums):
        sums[term] += kept.sums[term]
        counts[term] = kept.counts.get(term, 1) + gone.counts.get(term, 1)
    if len(sums) > 2 * _TERMS:
        sums = {term: sums[term] for term in sorted(sums, key=lambda t: (-sums[t], t))[:_TERMS]}
        counts = {term: counts[term] for term in sums if term in counts}
    lengths = sums.values()
    return replace(
        kept,
        last=max(kept.last, gone.last),
        items=kept.items + gone.items,
        sums=sums,
        counts=counts,
        square=sum(map(mul, lengths, lengths)),
    )


def split(story: StoryId, items: Iterable[ItemId], at: float, draft: Draft, *, turned: bool = False) -> StoryId:
    """Move these items of a story to a new story of their own; returns its id, or `story` if none is its.

    Alerts already sent stay where they are: the new id only gathers what comes from now on. `turned` notes that what
    was told of the old story holds for the new one: so nothing is told twice.
    """
    story, wanted = resolve(story, draft), dict.fromkeys(items)
    moved = [s for i in wanted if (s := draft.get(SIGNATURES, i)) and resolve(s.story, draft) == story]
    whole = draft.get(STORIES, story)
    told = [s for s in moved if not s.round_up]  # no profile has learned from the others
    if not moved or whole is None or len(told) >= whole.items:
        return story
    new = story_id(story, str(at), *(s.item for s in moved))
    latest = draft.find(SIGNATURES, "story", merged_into(story, draft), limit=len(moved) + 1)
    last = next((s.seen for s in latest if s.item not in wanted), whole.last)
    part = Story(new, moved[0].seen, moved[0].seen, of=story if turned else None)
    for signature in moved:
        draft.put(SIGNATURES, replace(signature, story=new))
    for signature in told:
        part = added(part, signature)
    draft.put(STORIES, part)
    draft.put(STORIES, replace(_without(whole, part), last=last))
    return new


def added(story: Story, signature: Signature) -> Story:
    """The profile with one more item."""
    return joined(story, Story(story.id, signature.seen, signature.seen, 1, signature.weights))


def _without(whole: Story, part: Story) -> Story:
    sums = {t: rest for t, x in whole.sums.items() if (rest := x - part.sums.get(t, 0.0)) > 1e-9}
    gone = {t: part.counts.get(t, 1) for t in part.sums}
    counts = {t: left for t, n in whole.counts.items() if t in sums and (left := n - gone.get(t, 0)) > 1}
    square = sum(x * x for x in sums.values())
    return replace(whole, items=whole.items - part.items, sums=sums, counts=counts, square=square)
