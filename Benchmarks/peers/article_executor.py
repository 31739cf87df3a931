"""A process x thread executor made after the description in the article of 2025.

A process pool whose workers each own a thread pool. A call taken from the process pool's queue is
handed to the threads and forgotten; the outcome comes back through a second queue, under a number
that a thread in the parent turns into the caller's future. Death of a worker is found by asking
the process pool, every 100 ms, whether it still takes work.

The weak points of that design are kept on purpose, because they are what is compared: nothing
limits how much one process takes, a future counts as running from the start and so cannot be
cancelled, and one dead worker fails everything that is pending. What the article left to its
readers and a benchmark needs, the choice of a start method, is here.
"""

import atexit
import concurrent.futures
import itertools
import multiprocessing
import queue
import threading
import time

BROKEN_CHECK_INTERVAL_S = 0.1

# Per worker process, set by _start_worker.
_threads = None
_outcomes = None


class ProcessThreadPoolExecutor(concurrent.futures.ProcessPoolExecutor):
    """Runs calls on `threads` threads in each of `processes` worker processes."""

    def __init__(self, processes=None, threads=None, mp_context=None):
        context = mp_context or multiprocessing.get_context()
        self._article_outcomes = context.Queue()
        self._article_futures = {}
        self._article_numbers = itertools.count()
        super().__init__(
            max_workers=processes,
            mp_context=context,
            initializer=_start_worker,
            initargs=(self._article_outcomes, threads),
        )
        self._article_reader = threading.Thread(target=self._read_outcomes, daemon=True)
        self._article_reader.start()

    def submit(self, function, /, *arguments, **named):
        number = next(self._article_numbers)
        future = concurrent.futures.Future()
        future.set_running_or_notify_cancel()
        self._article_futures[number] = future
        handover = super().submit(_hand_to_threads, number, function, arguments, named)
        handover.add_done_callback(lambda done: self._handed_over(number, done))
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        super().shutdown(wait=wait, cancel_futures=cancel_futures)
        if self._article_outcomes is None:
            return
        self._article_outcomes.put(None)
        if wait:
            self._article_reader.join()
        self._article_outcomes.close()
        self._article_outcomes = None

    def _handed_over(self, number, handover):
        """Fails the future of a call that never reached a worker's threads."""
        if handover.cancelled() or (error := handover.exception()) is None:
            return
        if future := self._article_futures.pop(number, None):
            future.set_exception(error)

    def _read_outcomes(self):
        """Settles futures until the executor is shut down or its process pool is broken."""
        outcomes = self._article_outcomes
        next_check = time.monotonic() + BROKEN_CHECK_INTERVAL_S
        while True:
            if time.monotonic() >= next_check:
                if error := self._broken_error():
                    return self._fail_all(error)
                next_check = time.monotonic() + BROKEN_CHECK_INTERVAL_S
            try:
                outcome = outcomes.get(timeout=BROKEN_CHECK_INTERVAL_S)
            except queue.Empty:
                continue
            if outcome is None:
                return None
            number, succeeded, value = outcome
            if future := self._article_futures.pop(number, None):
                (future.set_result if succeeded else future.set_exception)(value)

    def _broken_error(self):
        """The error of a broken process pool, found out with a call that does nothing."""
        try:
            super().submit(int).cancel()
        except concurrent.futures.BrokenExecutor as error:
            return type(error)(str(error))
        except RuntimeError:  # Shut down: the end marker is on its way.
            return None
        return None

    def _fail_all(self, error):
        while self._article_futures:
            try:
                _, future = self._article_futures.popitem()
            except KeyError:
                return
            future.set_exception(error)


def _start_worker(outcomes, threads):
    global _threads, _outcomes
    _threads = concurrent.futures.ThreadPoolExecutor(threads)
    _outcomes = outcomes
    atexit.register(outcomes.close)
    atexit.register(_threads.shutdown)


def _hand_to_threads(number, function, arguments, named):
    task = _threads.submit(function, *arguments, **named)
    task.add_done_callback(lambda done: _send_outcome(number, done))


def _send_outcome(number, done):
    if error := done.exception():
        _outcomes.put((number, False, error))
    else:
        _outcomes.put((number, True, done.result()))
