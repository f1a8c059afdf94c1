"""The way in: HTTP with a guard on addresses, and parse workers that can be killed.

fetched = await fetcher.fetch(source, state.validators, url=state.moved if proven)
job = Job(fetched.body, at=now, content_type=fetched.content_type, url=fetched.url, format=source.format,
          selectors=source.selectors, known=fetched.validators.prints)
document = await parsers.parse(job, suspect=state.suspect)
seen = view.find(SEEN, "key", intake.keys(document, source))
taken = intake.sort(document, seen, source, now=now, first=state.contacted is None)
state = schedule.succeeded(state, source, validators=replace(fetched.validators, prints=document.prints), …)
"""

from monitor.fetch.http import Fetched, Fetcher
from monitor.fetch.parsers import Parsers

__all__ = ["Fetched", "Fetcher", "Parsers"]
