"""A Telegram Bot API server on loopback, for tests: a process of its own, strict, with faults to order.

Behaviour and error texts follow the server's source (github.com/tdlib/telegram-bot-api) and its documentation
(core.telegram.org/bots/api). `python -m tests.telegram_peer` starts it; `/sim/…` plays its users.
"""
