"""One face for every executor that is compared: submit, results, map, close.

An adapter is made with the number of worker processes and of threads in each. `name` is what
`--executor` takes. Libraries are imported when their adapter is made, so that one that is not
installed is only missed by whoever asks for it. What a library writes goes to the temporary
directory of the program, which removes it at its end.
"""

import concurrent.futures
import itertools
import multiprocessing
import os
import tempfile
import time

import article_executor
import tasks

START_LIMIT_S = 120
WARM_UP_NAP_S = 0.05


class Adapter:
    """What the benchmark programs need of an executor whose handles are futures."""

    name = ""
    start_methods = ("spawn",)
    #: "processes", "threads" or "both": which of the two counts may exceed one.
    scales = "processes"

    def __init__(self, processes, threads, start_method=None, retries=True):
        """Starts nothing that could be started later. `retries` allows re-running lost tasks."""
        if self.scales == "processes" and threads != 1:
            raise ValueError(f"{self.name} has one thread per process: give --threads 1")
        if self.scales == "threads" and processes != 1:
            raise ValueError(f"{self.name} has one process: give --processes 1")
        self.processes, self.threads = processes, threads
        self.start_method = start_method or self.start_methods[0]
        self.retries = retries
        self.pool = self.make_pool()

    def make_pool(self):
        raise NotImplementedError

    def context(self):
        return multiprocessing.get_context(self.start_method)

    def submit(self, function, *arguments):
        return self.pool.submit(function, *arguments)

    def result(self, handle, timeout=None):
        """The value of one task; raises TimeoutError, or what became of the task."""
        return handle.result(timeout)

    def results(self, handles):
        """The values of many tasks, in order."""
        return [handle.result() for handle in handles]

    def map(self, function, items, chunk):
        """The values for all items, in order, `chunk` of them per message."""
        return list(self.pool.map(function, items, chunksize=chunk))

    def close(self):
        """Ends the workers and waits for them."""
        self.pool.shutdown(wait=True)

    def warm_up(self):
        """Returns once every worker process, and every thread in it, has run something."""
        wanted, seen = self.processes * self.threads, set()
        deadline = time.monotonic() + START_LIMIT_S
        rounds_without_news = 0
        while len(seen) < wanted and rounds_without_news < 5:
            if time.monotonic() > deadline:
                raise TimeoutError(f"workers not started within {START_LIMIT_S} s")
            before = len(seen)
            naps = [self.submit(tasks.nap, WARM_UP_NAP_S) for _ in range(2 * wanted)]
            seen.update(self.results(naps))
            all_processes_seen = len({pid for pid, _ in seen}) >= self.processes
            # Slow starters are waited for; threads an executor makes only on demand are not.
            if len(seen) == before and all_processes_seen:
                rounds_without_news += 1


class ThreadPool(Adapter):
    name = "thread-pool"
    start_methods = ("thread",)
    scales = "threads"

    def make_pool(self):
        return concurrent.futures.ThreadPoolExecutor(self.threads)


class ProcessPool(Adapter):
    name = "process-pool"
    start_methods = ("spawn", "forkserver", "fork")

    def make_pool(self):
        return concurrent.futures.ProcessPoolExecutor(self.processes, mp_context=self.context())


class ProcessPoolFork(ProcessPool):
    name = "process-pool-fork"
    start_methods = ("fork",)


class Article(Adapter):
    name = "article"
    start_methods = ("spawn", "forkserver", "fork")
    scales = "both"

    def make_pool(self):
        return article_executor.ProcessThreadPoolExecutor(
            self.processes, self.threads, mp_context=self.context()
        )


class ArticleFork(Article):
    name = "article-fork"
    start_methods = ("fork",)


class MultiprocessingPool(Adapter):
    name = "multiprocessing-pool"
    start_methods = ("spawn", "forkserver", "fork")

    def make_pool(self):
        return self.context().Pool(self.processes)

    def submit(self, function, *arguments):
        return self.pool.apply_async(function, arguments)

    def result(self, handle, timeout=None):
        try:
            return handle.get(timeout)
        except multiprocessing.TimeoutError as error:
            raise TimeoutError("no result") from error

    def results(self, handles):
        return [handle.get() for handle in handles]

    def map(self, function, items, chunk):
        return self.pool.map(function, items, chunksize=chunk)

    def close(self):
        self.pool.terminate()
        self.pool.join()


class Loky(Adapter):
    name = "loky"
    start_methods = ("loky",)

    def make_pool(self):
        import loky

        return loky.ProcessPoolExecutor(self.processes, timeout=None)


class Pebble(Adapter):
    name = "pebble"
    start_methods = ("spawn", "forkserver", "fork")

    def make_pool(self):
        import pebble

        return pebble.ProcessPool(max_workers=self.processes, context=self.context())

    def submit(self, function, *arguments):
        return self.pool.schedule(function, args=arguments)

    def map(self, function, items, chunk):
        return list(self.pool.map(function, items, chunksize=chunk).result())

    def close(self):
        self.pool.stop()
        self.pool.join()


class Dask(Adapter):
    name = "dask"
    scales = "both"

    def make_pool(self):
        import dask
        import distributed

        if not self.retries:
            dask.config.set({"distributed.scheduler.allowed-failures": 0})
        self.cluster = distributed.LocalCluster(
            n_workers=self.processes,
            threads_per_worker=self.threads,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            local_directory=tempfile.gettempdir(),
            silence_logs="CRITICAL",
        )
        return distributed.Client(self.cluster)

    def submit(self, function, *arguments):
        return self.pool.submit(function, *arguments, pure=False)

    def results(self, handles):
        return self.pool.gather(handles)

    def map(self, function, items, chunk):
        handles = [self.submit(tasks.run_chunk, function, part) for part in chunks(items, chunk)]
        return list(itertools.chain.from_iterable(self.results(handles)))

    def close(self):
        self.pool.close()
        self.cluster.close()


class Ray(Adapter):
    """What Ray's tasks and actors have in common: a cluster of one node on loopback."""

    start_methods = ("daemon",)

    def make_pool(self):
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
        import ray

        self.ray = ray
        ray.init(
            address="local",
            num_cpus=self.processes,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="CRITICAL",
            object_store_memory=512 * 2**20,
            _node_ip_address="127.0.0.1",
            # Not one level deeper: the names of its sockets are near the limit of 107 bytes.
            _temp_dir=tempfile.gettempdir(),
        )
        return None

    def result(self, handle, timeout=None):
        return self.ray.get(handle, timeout=timeout)

    def results(self, handles):
        return self.ray.get(handles)

    def map(self, function, items, chunk):
        handles = [self.submit(tasks.run_chunk, function, part) for part in chunks(items, chunk)]
        return list(itertools.chain.from_iterable(self.results(handles)))

    def close(self):
        self.ray.shutdown()


class RayTasks(Ray):
    name = "ray-tasks"

    def make_pool(self):
        super().make_pool()
        options = {} if self.retries else {"max_retries": 0}
        self.call = self.ray.remote(_call).options(**options)

    def submit(self, function, *arguments):
        return self.call.remote(function, *arguments)


class RayActors(Ray):
    name = "ray-actors"
    scales = "both"

    def make_pool(self):
        super().make_pool()
        kind = self.ray.remote(_Actor).options(
            max_concurrency=self.threads,
            num_cpus=1,
            max_restarts=-1,
            max_task_retries=3 if self.retries else 0,
        )
        self.turns = itertools.cycle([kind.remote() for _ in range(self.processes)])

    def submit(self, function, *arguments):
        return next(self.turns).call.remote(function, *arguments)


def _call(function, *arguments):
    return function(*arguments)


class _Actor:
    def call(self, function, *arguments):
        return function(*arguments)


def chunks(items, size):
    """The items in lists of `size`, the last one shorter."""
    items = list(items)
    return [items[start : start + size] for start in range(0, len(items), size)]


ADAPTERS = {
    adapter.name: adapter
    for adapter in (
        ThreadPool,
        ProcessPool,
        ProcessPoolFork,
        MultiprocessingPool,
        Loky,
        Pebble,
        Dask,
        RayActors,
        RayTasks,
        Article,
        ArticleFork,
    )
}
