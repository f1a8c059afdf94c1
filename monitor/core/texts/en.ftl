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
new_claim-unnamed = Told by { $who }: { $what }
revised_up = Raised by { $who }: { $what }
revised_down = Lowered by { $who }: { $what }
up-from = { $line }, up from { $previous }
down-from = { $line }, down from { $previous }
rival = Rival figures – { $who }: { $what }
contradicted = Contradiction – { $who }: { $what }
against = { $line }; { $other }: { $previous }
corroborated = Second account, by { $who }: { $what }
corroborated-unnamed = Second account, told by { $who }: { $what }
also-by = { $line }, as also told by { $other }
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
rung-border-closure = border closed
rung-exchange-of-fire = exchange of fire
rung-shelling = shelling
rung-air-strike = air strike
rung-ground-offensive = ground offensive
rung-strike-on-capital = strike on the capital
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

no-figure-from = No figure from { $side } so far.
with-article = { $side ->
    [Taliban] the Taliban
    [TTP] the TTP
    [Houthis] the Houthis
    [IDF] the IDF
    [PKK] the PKK
    [RSF] the RSF
    [SDF] the SDF
    [TPLF] the TPLF
    [UN] the UN
   *[other] { $side }
  }
losses-of = Whose losses: { $side }
own-losses = Losses of { $side }: told by its own side, { $who }.
rivals = Rival figures stand side by side: they are never added up, and both may be wrong.
possibly-same = Possibly the same incident ({ $why }).
answers-unknown = Which claim this answers is not known here.
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
happened-inferred = Event: { $day } (by the date of the report)
where = { $place }
published = published{" "}
seen = seen{" "}
why-sent = Why you get this:
more-developments = { $n ->
    [one] and 1 more
   *[other] and { $n } more
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
chart-title = Claimed, through time: { $metric }
chart-note = claims, not facts; rivals are never added up
chart-of = Claimed figures through time: { $watch }
incident = One incident
nobody-named = Nobody named
standing-title = What is claimed so far: { $watch }
standing-denies = denied by { $who }: { $what }
standing-disputes = disputed by { $who }: { $what }
standing-retracts = withdrawn by { $who }: { $what }
standing-more = { $n ->
    [one] … and 1 more incident
   *[other] … and { $n } more incidents
  }

## Coming in

welcome =
    Tocsin tells you the moment somebody claims something new, or a situation gets worse: once, with who said it, what the other side says, and how many independent accounts stand behind it.
    What you read here are claims, not facts.
    You follow everything at level high. /watches shows what there is, /help what you can do.
you-are-admin = You are the admin of this bot. You follow everything, from level low on.
sample = This is how an alert reads (an invented one):
button-high = 🔔 High and above
button-choose = Let me choose
closed = This bot takes no new readers at present.
request-sent = Your request was sent to the people who run this bot. You hear from them here.
request-waits = Your request is with the people who run this bot.
request-of = { $name } ({ $chat }) asks to be let in.
button-approve = ✅ Let in
button-deny = ❌ Keep out
approved =
    You are in: you follow everything at level high. These are claims, not facts.
    /watches shows what there is, /help what you can do.
start-first = /start first, please.
not-understood = I don’t understand that. /help lists what I do.
admins-only = Only admins of this group can change that.
not-here = This chat follows nothing yet: /start
too-old = This button is too old to do anything.

## Following

no-watches = There is nothing to follow yet.
watches-title = What you can follow
follow-it = Follow
unfollow-it = ✅ Leave
no-such-watch = There is no such watch, or more than one. /watches lists them: /follow 1
followed = You follow { $watch } from level { $level } on.
already-followed = You follow { $watch } already.
unfollowed = You no longer follow { $watch }.
level-is = Your level is { $level }. /level low, /level high or /level critical changes it.
level-set = You now get everything from level { $level } on.
stopped = Done: all that you told me is forgotten. /start begins anew.

topics-how = In a group with topics, /topics on gives each watch a topic of its own; /topics off ends that.
topics-on = Each watch has a topic of its own now.
topics-off = Everything comes in one place again.
topics-refused = I may not make topics here: the group must let me manage them. Then /topics on
## Silence

mute-how = Say how long: /mute 24h, /mute 3d story, /mute 2h 1 (a number of /watches), /mute off
mute-what = I know no watch, story or source “{ $what }”.
muted-until = Muted until { $until }. Corrections still come, silently.
unmuted = Nothing is muted any more.
quiet-how = Say from when to when: /quiet 22-07, or /quiet off
quiet-set = From { $start } to { $end } ({ $tz }) only critical alerts come; the rest follows afterwards, together.
quiet-off = No quiet hours.
tz-how = Your time zone is { $tz }. Another one: /tz Asia/Karachi
tz-set = Your time zone is { $tz }; it is { $time } there.
digest-how = Say when: /digest 08:00, or /digest off
digest-set = What is below high comes together, silently, at { $time } ({ $tz }).
digest-off = No digest: everything comes as it happens.
ring-how = /ring on: critical alerts ring again after 10 and 30 minutes unless somebody presses “I have seen it”. /ring off
ring-on = Critical alerts ring again after 10 and 30 minutes unless somebody presses “I have seen it”.
ring-off = Nothing rings twice.
seen-it = Good: it rings no more.

## Questions

nothing-followed = You follow nothing: /watches
nothing-yet = Nothing has come yet.
latest-title = The latest alerts
claims-how = Of which watch? /claims 1 (a number of /watches)
nothing-claimed = Nothing is claimed at present: { $watch }
decided-by = Watch { $watch } · alert { $alert }
credits = credits { $origin }
kind-wire = wire
kind-official = official
kind-state_media = state media
kind-independent = independent
kind-un = UN
sources-all = { $n ->
    [one] 1 source
   *[other] { $n } sources
  }; { $unseen ->
    [0] all can be seen
    [one] 1 can’t be seen at present:
   *[other] { $unseen } can’t be seen at present:
  }
status =
    Follows: { $watches }
    Level: { $level } · quiet hours: { $quiet } ({ $tz }) · digest: { $digest }
    Mutes: { $mutes } · sounding messages today: { $sounding }
    Sources that can’t be seen at present: { $unseen }
export = All that is kept about this chat.
help =
    /watches – what there is; /follow 1, /unfollow 1
    /level low | high | critical – from when on you are told
    /mute 24h – nothing for a while; also: /mute 24h story, /mute 24h 1, /mute off
    /quiet 22-07 – quiet hours; /tz Asia/Karachi – your time zone
    /digest 08:00 – the lesser things once a day; /ring on – critical ones ring again
    /topics on – in a forum, a topic for each watch
    /claims 1 – who claims what; /latest, /why, /sources, /status
    /export – what is kept about you; /stop – forget it all

## Admins

invited =
    Invite for one chat, good until { $until }: { $code }
    { $link }
nobody-waits = Nobody waits to be let in.
waiting = { $n ->
    [one] 1 asks to be let in:
   *[other] { $n } ask to be let in:
  }
decided-already = That is decided already.
no-such-request = There is no such request. /pending lists them.
let-in = { $name } is in.
kept-out = { $name } stays out.
no-such-source = There is no source { $source }.
source-state =
    { $source } ({ $id })
    Last good: { $succeeded } · failing since: { $failing }
    Error: { $error }
    Next try: { $due }
health =
    Subscribers: { $active } active, { $paused } paused · requests: { $waiting }
    Sources that can’t be seen at present: { $unseen }
broadcast-how = /broadcast and the words for everybody. You see them first.
broadcast-title = From the people who run this bot
broadcast-sent = On its way to { $n ->
    [one] 1 chat
   *[other] { $n } chats
  }.
button-confirm = Yes, send it
wrong-ask = Tell { $n ->
    [one] the 1 chat
   *[other] the { $n } chats
  } that got this that we were wrong?
wrong-sent = On its way to { $n ->
    [one] 1 chat
   *[other] { $n } chats
  }.
we-were-wrong = Correction: what this replies to was our error.

## The menu of commands

command-start = Begin, or begin again
command-watches = What can be followed
command-follow = Follow a watch
command-unfollow = Leave a watch
command-level = From which severity on
command-mute = Silence for a while
command-quiet = Quiet hours
command-tz = Time zone
command-digest = The lesser things once a day
command-ring = Ring again until seen
command-topics = A topic for each watch
command-claims = Who claims what
command-latest = The latest alerts
command-why = Why the last alert came
command-sources = Where news comes from
command-status = How things stand
command-export = What is kept about you
command-stop = Forget everything
command-help = What you can do
command-invite = Make an invite
command-pending = Who asks to be let in
command-source = The health of a source
command-health = Subscribers and sources
command-broadcast = A word to everybody
