"""Who may listen: asked of the house in a few threads, many at a time over one short-lived connection."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Final
from uuid import UUID

from django.db import connections
from django.http.cookie import parse_cookie

from .client import Listener

#: Given the cookies of some browsers and a stream's key: who listens at each, or nobody. It may ask the database.
Admit = Callable[[Sequence[Mapping[str, str]], UUID], Sequence[Listener | None]]

AT_ONCE: Final = 50
DOORKEEPERS: Final = 2

_Asked = tuple[bytes, UUID]


class Door:
    """Asks ``admit`` from its own threads, so that no stream waits for the database and none holds a connection."""

    def __init__(self, admit: Admit, threads: Executor) -> None:
        self._admit, self._threads = admit, threads
        self._waiting: deque[tuple[_Asked, asyncio.Future[Listener | None]]] = deque()
        self._keepers: set[asyncio.Task[None]] = set()

    async def ask(self, cookies: bytes, key: UUID) -> Listener | None:
        """``cookies``: the header of a browser. Raises what ``admit`` raises: then nobody knows."""
        answer: asyncio.Future[Listener | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(((cookies, key), answer))
        if len(self._keepers) < DOORKEEPERS:
            keeper = asyncio.get_running_loop().create_task(self._keep())
            self._keepers.add(keeper)
            keeper.add_done_callback(self._keepers.discard)
        return await answer

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
            answers = await loop.run_in_executor(self._threads, self._ask_all, [asked for asked, _ in batch])
            for (_, waiting), answer in zip(batch, answers, strict=True):
                if waiting.done():  # the browser has left
                    continue
                if isinstance(answer, Exception):
                    waiting.set_exception(answer)
                else:
                    waiting.set_result(answer)

    def _ask_all(self, asked: list[_Asked]) -> list[Listener | Exception | None]:
        places: defaultdict[UUID, list[int]] = defaultdict(list)
        for place, (_, key) in enumerate(asked):
            places[key].append(place)
        answers: list[Listener | Exception | None] = [None] * len(asked)
        for key, there in places.items():
            try:
                found = self._admit([parse_cookie(asked[place][0].decode("latin-1")) for place in there], key)
                for place, answer in zip(there, found, strict=True):
                    answers[place] = answer
            except Exception as problem:
                for place in there:
                    answers[place] = problem
        connections.close_all()
        return answers
