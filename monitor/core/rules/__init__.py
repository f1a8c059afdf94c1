"""The watch file: its grammar, what it means, and what it does with developments.

    files → yaml (nodes with places) → grammar (every fault at once) → expand (short form → long form)
          → compile (words, sides, rules) → Ruleset: select an item, judge its developments

`load(files)` is the way in; `tocsin rules expand` shows the long form of any watch.
"""

from monitor.core.rules.judge import due, judge
from monitor.core.rules.ruleset import Ruleset, load
from monitor.core.rules.verdicts import Judgement, Match, Selection
from monitor.core.rules.watch import Watch

__all__ = ["Judgement", "Match", "Ruleset", "Selection", "Watch", "due", "judge", "load"]
