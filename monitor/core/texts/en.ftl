### Every word that subscribers read. `$…` is filled in; feed text arrives cleaned and cut.

## Figures: 13, at least 70, up to 40, about 25, 10 to 12, dozens

exactly = { $n }
at-least = at least { $n }
up-to = up to { $n }
about = about { $n }
between = { $low } to { $high }
vague-24 = dozens
vague-40 = scores
vague-200 = hundreds
vague-2000 = thousands
vague-200000 = hundreds of thousands
vague-of = { $many } of { $object }
in-total = { $figure } in total
no-number = number not given
reportedly = reportedly { $figure }
losses = { $figure } ({ $side }’s losses)
losses-s = { $figure } ({ $side }’ losses)
of-side = { $figure } ({ $side })
a-part = among them { $figure }

## What is counted: { $n } outposts captured

killed = killed
wounded = wounded
casualties = killed or wounded
missing = missing
captured = captured
arrested = arrested
surrendered = surrendered
freed = freed
rescued = rescued
displaced = displaced
destroyed = destroyed
damaged = damaged
shot_down = shot down
launched = launched
magnitude = magnitude

## Who: Taliban sources, via Al Jazeera

claimant-via = { $claimant }, via { $via }
claimant-none = { $publisher } (without naming a source)

## The first line: who, before what. It never says more than its claimant does.

new_claim = Claim by { $who }: { $what }
revised_up = Raised by { $who }: { $what }
revised_down = Lowered by { $who }: { $what }
up-from = { $line }, up from { $previous }
down-from = { $line }, down from { $previous }
rival = Rival figures – { $who }: { $what }
contradicted = Contradiction – { $who }: { $what }
against = { $line }; { $other }: { $previous }
corroborated = Own account by { $who }: { $what }
also-by = { $line }, as told by { $other }
confirmed = Confirmed by { $who }: { $what }
denied = Denied by { $who }: { $what }
disputed = Disputed by { $who }: { $what }
claimed-by = { $line }, claimed by { $other }
retracted = Withdrawn by { $who }: { $what }
escalated = Escalation, as told by { $who }: { $what }
de_escalated = De-escalation, as told by { $who }: { $what }
first_seen = First told by { $who }: { $what }
burst = Many reports at once: { $what }
quiet = No news: { $what }
new_story = New story, { $who }: { $what }
item = { $who }: { $what }
the-claim = the claim
the-figures = the figures
claim-of = the claim by { $other }
figures-of = the figures given by { $other }
the-rung = a step up
correction-line = Correction: { $line }

## The label under it

label-new_claim = NEW CLAIM
label-revised_up = FIGURE RAISED
label-revised_down = FIGURE LOWERED
label-rival = RIVAL CLAIMS
label-contradicted = CONTRADICTION
label-corroborated = SECOND ACCOUNT
label-confirmed = CONFIRMED BY A PARTY
label-denied = DENIAL
label-disputed = DISPUTED
label-retracted = WITHDRAWN
label-escalated = ESCALATION
label-de_escalated = DE-ESCALATION
label-first_seen = FIRST SEEN
label-burst = BURST
label-quiet = QUIET
label-new_story = NEW STORY
label-item = NEW ITEM
label-correction = CORRECTION of the message this replies to
repeat = possible repeat: delivery was not confirmed

## What stands behind it

no-figure-from = No figure from { $side } for its own losses so far.
own-losses = Said of its own side’s losses by { $who }.
rivals = Rival figures stand side by side: they are never added up, and both may be wrong.
possibly-same = Possibly the same incident: { $why }
totals = A total is not the figure of one incident.
counts = { $outlets ->
    [one] 1 outlet
   *[other] { $outlets } outlets
  } · { $origins ->
    [one] 1 origin
   *[other] { $origins } origins
  } · { $claimants ->
    [one] 1 independent account
   *[other] { $claimants } independent accounts
  }
happened = Event: { $day }
happened-inferred = Event: { $day } (from the date of the report)
where = { $place }
published = published{" "}
seen = seen{" "}
why-sent = Why you get this:
more-developments = { $n ->
    [one] and 1 more development
   *[other] and { $n } more developments
  }
claims-only = Claims by the parties, not verified facts.

## Several at once

digest-title = { $alerts ->
    [one] 1 update
   *[other] { $alerts } updates
  } in { $stories ->
    [one] 1 story
   *[other] { $stories } stories
  }
digest-label = JOINED, so that your phone rings less
digest-end = Claims by the parties, not verified facts. All of them: /latest

## Buttons

button-mute = 🔕 Mute 24 h
button-why = ❓ Why
button-sources = 📚 Sources
button-seen = ✅ I have seen it
button-wrong = ✏️ Wrong
