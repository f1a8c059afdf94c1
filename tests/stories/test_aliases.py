"""Merged, split and mentioned stories."""

from monitor.core.stories import merge, resolve, split
from monitor.core.stories.records import ALIASES, SIGNATURES, STORIES

LANDSLIDE = ("Landslide buries road to Terek pass", "A landslide buried the only road to the Terek pass on Sunday.")
MINE = ("Gas blast at Koldar mine traps nine", "Nine miners were trapped by a gas blast at the Koldar mine on Sunday.")
FERRY = ("Ferry Meridian sinks off Lindos", "The ferry Meridian sank off Lindos on Monday with 300 aboard.")
VOTE = ("Ruling party leads count in Osteria", "The ruling party led with half of the votes counted in Osteria.")


def test_merged_stories_are_one_from_then_on(desk):
    one, other = desk.place(*LANDSLIDE), desk.place(*MINE)
    draft = desk.draft()
    kept = merge(other.story, one.story, desk.now.timestamp(), draft)
    desk.apply(draft)
    assert kept == one.story
    assert resolve(other.story, desk.view) == one.story
    assert desk.view.get(STORIES, kept).items == 2
    follow_up = desk.place("Rescuers reach nine trapped at Koldar mine", "The nine miners trapped at Koldar are alive.")
    assert follow_up.story == one.story


def test_aliases_are_followed_to_the_end_and_never_rewritten(desk):
    a, b, c = desk.place(*LANDSLIDE), desk.place(*MINE), desk.place(*VOTE)
    draft = desk.draft()
    merge(b.story, c.story, 1.0, draft)
    first = draft.get(ALIASES, c.story)
    merge(a.story, c.story, 2.0, draft)
    assert resolve(c.story, draft) == a.story
    assert draft.get(ALIASES, c.story) == first


def test_merging_a_story_with_itself_or_nothing_changes_nothing(desk):
    one = desk.place(*LANDSLIDE)
    draft = desk.draft()
    assert merge(one.story, one.story, 1.0, draft) == one.story
    assert merge(one.story, "nowhere", 1.0, draft) == one.story
    assert draft.changes() == ()


def test_split_items_have_a_story_of_their_own(desk):
    one, other = desk.place(*LANDSLIDE, name="slide"), desk.place(*MINE, name="mine")
    draft = desk.draft()
    whole = merge(one.story, other.story, desk.now.timestamp(), draft)
    new = split(whole, ["mine"], desk.now.timestamp(), draft)
    desk.apply(draft)
    assert new != whole
    assert resolve(desk.view.get(SIGNATURES, "mine").story, desk.view) == new
    assert desk.view.get(STORIES, whole).items == desk.view.get(STORIES, new).items == 1
    follow_up = desk.place("Rescuers reach nine trapped at Koldar mine", "The nine miners trapped at Koldar are alive.")
    assert follow_up.story == new


def test_a_profile_counts_the_items_that_have_a_term_also_after_merge_and_split(desk):
    one, other = desk.place(*LANDSLIDE, name="slide"), desk.place(*MINE, name="mine")
    draft = desk.draft()
    whole = merge(one.story, other.story, desk.now.timestamp(), draft)
    both = draft.get(STORIES, whole)
    assert both.counts["sunday"] == 2
    assert "landslide" not in both.counts
    new = split(whole, ["mine"], desk.now.timestamp(), draft)
    assert draft.get(STORIES, whole).counts == draft.get(STORIES, new).counts == {}
    assert "sunday" in draft.get(STORIES, whole).sums


def test_a_split_of_nothing_or_everything_changes_nothing(desk):
    one = desk.place(*LANDSLIDE, name="slide")
    draft = desk.draft()
    assert split(one.story, [], 1.0, draft) == one.story
    assert split(one.story, ["slide"], 1.0, draft) == one.story
    assert split(one.story, ["unknown"], 1.0, draft) == one.story
    assert draft.changes() == ()


def test_a_round_up_glues_nothing_together(desk):
    placed = [desk.place(*LANDSLIDE), desk.place(*MINE), desk.place(*VOTE)]
    sizes = [desk.view.get(STORIES, p.story).items for p in placed]
    round_up = desk.place(
        "The week in brief",
        "A landslide buried the only road to the Terek pass. Nine miners were trapped at the Koldar mine. "
        "The ruling party led the count in Osteria.",
    )
    assert set(round_up.mentions) == {p.story for p in placed}
    assert [desk.view.get(STORIES, p.story).items for p in placed] == sizes
    after = [desk.place(title, text + " More is expected.") for title, text in (LANDSLIDE, MINE, VOTE)]
    assert [p.story for p in after] == [p.story for p in placed]


def test_a_round_up_that_is_like_no_story_is_no_news_and_leads_nowhere(desk):
    told = (LANDSLIDE, MINE, VOTE, FERRY)
    placed = [desk.place(title, text) for title, text in told]
    round_up = desk.place(
        "Morning briefing: five things to know",
        "Villages beyond the Terek pass wait for food. Families gather at Koldar. Osteria awaits the last votes. "
        "Owners of the Meridian face a judge.",
    )
    assert set(round_up.mentions) == {p.story for p in placed}
    assert round_up.story not in round_up.mentions
    assert not round_up.new_story
    assert "a round-up of 4 stories, kept by itself" in round_up.why
    after = [desk.place(title, text + " More is expected.") for title, text in told]
    assert [p.story for p in after] == [p.story for p in placed]


def test_a_round_up_split_from_its_story_takes_nothing_along(desk):
    for told in (LANDSLIDE, MINE, VOTE):
        desk.place(*told)
    week = "A landslide buried the only road to the Terek pass. Nine miners were trapped at Koldar. Osteria counts."
    round_up = desk.place("The week in brief", week, name="week")
    assert "kept with" in round_up.why
    main = desk.view.get(STORIES, round_up.story)
    draft = desk.draft()
    assert (
        split(main.id, [i for i in ("i9", "i10", "i11") if draft.get(SIGNATURES, i).story == main.id], 1.0, draft)
        == main.id
    )
    new = split(main.id, ["week"], desk.now.timestamp(), draft)
    assert draft.get(SIGNATURES, "week").story == new != main.id
    assert draft.get(STORIES, main.id) == main
    assert draft.get(STORIES, new).items == 0


def test_a_live_blog_grows_to_mention_stories(desk):
    first = desk.place("Live: Osteria votes", "The ruling party hopes to win in Osteria.", name="live")
    assert not first.mentions
    placed = [desk.place(*LANDSLIDE), desk.place(*MINE), desk.place(*VOTE)]
    told = "A landslide buried the only road to the Terek pass. Nine miners were trapped at the Koldar mine."
    later = desk.place("Live: Osteria votes", f"The ruling party led in Osteria. {told}", name="live", version=2)
    assert {p.story for p in placed[:2]} <= set(later.mentions)
    assert later.story == first.story
