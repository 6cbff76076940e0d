"""Trains six small networks on scikit-learn's optical digits and logs every step with Ostraka.

Five networks are trained by one process each. The sixth is data-parallel: four rank processes, each with a quarter of every
batch, average their gradients at every step, and each is a writer of the same run. The networks are multi-layer perceptrons in
NumPy, trained by mini-batch gradient descent with momentum on digits that are shifted and blurred a little at random.

    python digits.py                              logs to ./ostraka-runs, project "digits"
    python digits.py --epochs 5 --tally out.json  a short one, which writes what it logged to out.json

The tally counts what this script passed to ``run.log``, by run, rank and metric, so that it can be compared with what any
reader finds in the files.
"""

import argparse
import json
import math
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import asdict, dataclass, field

# Matrices this small are slower on several threads, and the processes already share the cores.
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(threads, "1")

import numpy as np  # noqa: E402  (after the thread counts, which it reads once)


@dataclass(frozen=True)
class Settings:
    """One network of the sweep and how it is trained; this is what a run shows as its config."""

    name: str
    hidden: tuple = (256,)
    activation: str = "relu"
    learning_rate: float = 0.05
    batch_size: int = 32
    momentum: float = 0.9
    weight_decay: float = 1e-4
    epochs: int = 250
    ranks: int = 1
    seed: int = 1


SWEEP = (
    Settings("four-ranks", hidden=(256, 128), learning_rate=0.08, batch_size=64, ranks=4, seed=6),
    Settings("deep", hidden=(256, 128, 64), learning_rate=0.03),
    Settings("wide", hidden=(768,), learning_rate=0.03, seed=2),
    Settings("tanh", hidden=(256,), activation="tanh", seed=3),
    Settings("hasty", hidden=(256,), learning_rate=0.6, momentum=0.5, seed=4),
    Settings("narrow", hidden=(16,), seed=5),
)


ENDING = (signal.SIGINT, signal.SIGTERM)


# --- the network ------------------------------------------------------------------------------------------------------


class Network:
    """A multi-layer perceptron whose weights lie in one flat vector, so that ranks can average gradients in one go."""

    def __init__(self, sizes, activation, rng):
        self.sizes = sizes
        self.activation = activation
        self.weights = np.concatenate(
            [
                part
                for rows, columns in zip(sizes, sizes[1:])
                for part in (rng.normal(0, math.sqrt(2 / rows), rows * columns), np.zeros(columns))
            ]
        )

    def layers(self, flat):
        """Views of each layer's matrix and bias inside a flat vector of all weights."""
        at = 0
        for rows, columns in zip(self.sizes, self.sizes[1:]):
            matrix = flat[at : at + rows * columns].reshape(rows, columns)
            at += rows * columns
            yield matrix, flat[at : at + columns]
            at += columns

    def forward(self, pixels):
        """Returns the inputs of every layer and, last, the logarithms of the ten probabilities of each digit."""
        values = [pixels]
        layers = list(self.layers(self.weights))
        for matrix, bias in layers[:-1]:
            sums = values[-1] @ matrix + bias
            values.append(np.maximum(sums, 0) if self.activation == "relu" else np.tanh(sums))
        matrix, bias = layers[-1]
        scores = values[-1] @ matrix + bias
        scores -= scores.max(axis=1, keepdims=True)
        values.append(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)))
        return values

    def evaluate(self, pixels, labels):
        """Returns mean loss, share of right answers, and the answers."""
        logs = self.forward(pixels)[-1]
        answers = logs.argmax(axis=1)
        return -logs[np.arange(len(labels)), labels].mean(), (answers == labels).mean(), answers

    def gradient(self, pixels, labels):
        """Returns mean loss, share of right answers, and the gradient of the loss as one flat vector."""
        values = self.forward(pixels)
        rows = np.arange(len(labels))
        loss = -values[-1][rows, labels].mean()
        accuracy = (values[-1].argmax(axis=1) == labels).mean()
        back = np.exp(values[-1])
        back[rows, labels] -= 1
        back /= len(labels)
        gradient = np.empty_like(self.weights)
        layers = list(zip(self.layers(self.weights), self.layers(gradient), values))
        for depth in range(len(layers) - 1, -1, -1):
            (matrix, _), (matrix_gradient, bias_gradient), inputs = layers[depth]
            matrix_gradient[:] = inputs.T @ back
            bias_gradient[:] = back.sum(axis=0)
            if depth:
                slope = inputs > 0 if self.activation == "relu" else 1 - inputs**2
                back = (back @ matrix.T) * slope
        return loss, accuracy, gradient


def distorted(pixels, rng):
    """The 8x8 digits of a batch, moved by up to a pixel and with a little noise, so that training does not end in minutes of zeros."""
    images = pixels.reshape(-1, 8, 8)
    down, right = rng.integers(-1, 2, 2)
    moved = np.zeros_like(images)
    moved[:, max(down, 0) : 8 + min(down, 0), max(right, 0) : 8 + min(right, 0)] = images[
        :, max(-down, 0) : 8 + min(-down, 0), max(-right, 0) : 8 + min(-right, 0)
    ]
    return moved.reshape(-1, 64) + rng.normal(0, 0.08, pixels.shape)


class Ring:
    """The rank's two pipes of a ring of processes: what it sends goes to the next rank, what it receives is the one before's."""

    def __init__(self, rank, ranks, to_next, from_previous):
        self.rank, self.ranks, self.to_next, self.from_previous = rank, ranks, to_next, from_previous

    def mean(self, gradient):
        """Averages a vector over all ranks; every rank gets bit for bit the same result.

        A ring all-reduce: the vector is cut into as many chunks as there are ranks, each chunk is summed on its way once
        around the ring, and the sums go around a second time.
        """
        chunks = np.array_split(gradient, self.ranks)
        for turn in range(self.ranks - 1):
            received = self._exchange(chunks[(self.rank - turn) % self.ranks])
            chunks[(self.rank - turn - 1) % self.ranks] += received
        for turn in range(self.ranks - 1):
            received = self._exchange(chunks[(self.rank - turn + 1) % self.ranks])
            chunks[(self.rank - turn) % self.ranks][:] = received
        gradient /= self.ranks
        return gradient

    def _exchange(self, chunk):
        # Were all ranks to send first, chunks larger than a pipe's buffer would leave all of them waiting.
        if self.rank % 2 == 0:
            self.to_next.send_bytes(chunk)
        received = np.frombuffer(self.from_previous.recv_bytes())
        if self.rank % 2 == 1:
            self.to_next.send_bytes(chunk)
        return received


# --- one process that trains and logs --------------------------------------------------------------------------------------


@dataclass
class Tally:
    """What this process passed to ``run.log``, by metric."""

    values: dict = field(default_factory=dict)
    texts: int = 0

    def add(self, values):
        for name, value in values.items():
            if isinstance(value, str):
                self.texts += 1
            else:
                self.values.setdefault(name, []).append(float(value))

    def summary(self):
        return {
            name: {"count": len(values), "sum": math.fsum(values), "min": min(values), "max": max(values)}
            for name, values in self.values.items()
        }


def train(settings, ring, digits, place, results):
    """Trains one network, or one rank of it, and puts (name, rank, tally or error) into ``results``."""
    rank = ring.rank if ring else 0
    # Ctrl-C ends this process without words; what it has logged stays.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    try:
        # What is printed belongs to the run, which captures it; nine processes at once would garble a terminal.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if ring:
            os.environ.update(
                OSTRAKA_RUN_ID=place["run_id"], RANK=str(rank), WORLD_SIZE=str(settings.ranks), LOCAL_RANK=str(rank)
            )
        results.put((settings.name, rank, logged(settings, ring, digits, place), None))
    except BaseException:
        results.put((settings.name, rank, None, traceback.format_exc()))
        raise


def logged(settings, ring, digits, place):
    import ostraka

    pixels, labels, check_pixels, check_labels = digits
    rank, ranks = (ring.rank, ring.ranks) if ring else (0, 1)
    rng = np.random.default_rng(settings.seed)  # the same in all ranks: equal weights, equal order of the digits
    own_rng = np.random.default_rng([settings.seed, rank])
    network = Network((64, *settings.hidden, 10), settings.activation, rng)
    velocity = np.zeros_like(network.weights)
    steps_per_epoch = len(labels) // settings.batch_size
    steps = settings.epochs * steps_per_epoch
    warm_up = steps // 20 + 1
    tally = Tally()
    started = time.monotonic()

    run = ostraka.init(
        root=place["root"],
        project=place["project"],
        name=settings.name,
        config={**asdict(settings), "hidden": list(settings.hidden), "parameters": len(network.weights)},
        tags=["sweep", settings.activation] + (["data-parallel"] if ring else []),
        group="ranks" if ring else "single",
    )
    print(f"{settings.name}: {len(network.weights)} weights, {steps} steps, rank {rank} of {ranks}")

    def log(values, step):
        tally.add(values)
        run.log(values, step=step)

    for epoch in range(settings.epochs):
        order = rng.permutation(len(labels))
        for batch in range(steps_per_epoch):
            step = epoch * steps_per_epoch + batch
            chosen = order[batch * settings.batch_size : (batch + 1) * settings.batch_size][rank::ranks]
            loss, accuracy, gradient = network.gradient(distorted(pixels[chosen], own_rng), labels[chosen])
            own_norm = math.sqrt(gradient @ gradient)
            if ring:
                gradient = ring.mean(gradient)
            rate = settings.learning_rate * min(
                (step + 1) / warm_up, 0.5 + 0.5 * math.cos(math.pi * step / steps)
            )
            velocity *= settings.momentum
            velocity -= rate * (gradient + settings.weight_decay * network.weights)
            network.weights += velocity
            log({"train/loss": loss, "train/accuracy": accuracy, "lr": rate, "grad/norm": own_norm}, step)

        # All ranks hold the same weights; the first one checks them.
        if rank == 0:
            check_loss, check_accuracy, answers = network.evaluate(check_pixels, check_labels)
            log({"val/loss": check_loss, "val/accuracy": check_accuracy, "epoch": epoch + 1}, step)
        if (epoch + 1) % 10 == 0 or epoch + 1 == settings.epochs:
            print(f"epoch {epoch + 1:3d}  train loss {loss:.4f}  {time.monotonic() - started:.1f} s")
            if rank == 0:
                log({"val/confusion": confusion(check_labels, answers)}, step)
    run.finish()
    return {
        "run": run.id,
        "metrics": tally.summary(),
        "texts": tally.texts,
        "accuracy": float(check_accuracy) if rank == 0 else None,
        "seconds": round(time.monotonic() - started, 1),
    }


def confusion(labels, answers):
    """Which digit was taken for which, as JSON text: {"8": {"1": 3}} says that three eights were taken for ones."""
    wrong = {}
    for label, answer in zip(labels.tolist(), answers.tolist()):
        if label != answer:
            counts = wrong.setdefault(str(label), {})
            counts[str(answer)] = counts.get(str(answer), 0) + 1
    return json.dumps({label: wrong[label] for label in sorted(wrong)})


# --- the sweep ----------------------------------------------------------------------------------------------------------------


def load_digits():
    """The 1,797 digits of scikit-learn, 1,437 to train with and 360 to check with, pixels from 0 to 1."""
    from sklearn.datasets import load_digits as load

    pixels, labels = load(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    pixels, labels = pixels[order] / 16, labels[order]
    return pixels[:1437], labels[:1437], pixels[1437:], labels[1437:]


def start(settings, digits, place, results):
    """Starts the processes of one run and returns them."""
    spawn = multiprocessing.get_context("spawn")
    if settings.ranks == 1:
        processes = [spawn.Process(target=train, args=(settings, None, digits, place, results), daemon=True)]
    else:
        # A launcher gives all ranks the id of the run that they share.
        place = {**place, "run_id": f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{os.urandom(5).hex()}"}
        pipes = [spawn.Pipe(duplex=False) for _ in range(settings.ranks)]
        processes = [
            spawn.Process(
                target=train,
                args=(
                    settings,
                    Ring(rank, settings.ranks, pipes[rank][1], pipes[rank - 1][0]),
                    digits,
                    place,
                    results,
                ),
                daemon=True,
            )
            for rank in range(settings.ranks)
        ]
    # A process that is just beginning would answer Ctrl-C with a traceback, and a parent that ends between starting a child
    # and noting it would leave it behind: both hold the signals back, the child until `train` has them.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        for process in processes:
            process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    return processes


def sweep(chosen, place, at_once):
    """Trains all networks, a few at a time, and returns the tallies by run name and rank."""
    digits = load_digits()
    results = multiprocessing.get_context("spawn").Queue()
    waiting, running, tallies = list(chosen), {}, {}
    while waiting or running:
        while waiting and len(running) < at_once:
            settings = waiting.pop(0)
            running[settings.name] = (settings, start(settings, digits, place, results))
            say(f"training {settings.name}" + (f" on {settings.ranks} ranks" if settings.ranks > 1 else ""))
        name, rank, tally, error = next_result(results, running)
        if error:
            for _, processes in running.values():
                for process in processes:
                    process.terminate()
            raise SystemExit(f"digits: {name}, rank {rank}, did not end well:\n{error}")
        tallies.setdefault(name, {})[rank] = tally
        settings, processes = running[name]
        if len(tallies[name]) == settings.ranks:
            for process in processes:
                process.join()
            del running[name]
            points = sum(metric["count"] for ranks in tallies[name].values() for metric in ranks["metrics"].values())
            right = tallies[name][0]["accuracy"]
            say(f"trained {name}: {right:.1%} of the validation digits right, {points:,} points, {tally['seconds']} s")
    return tallies


def next_result(results, running):
    """The next process's result; a process that was killed puts none, which is seen by looking at it once a second."""
    while True:
        try:
            return results.get(timeout=1)
        except multiprocessing.queues.Empty:
            for name, (_, processes) in running.items():
                for rank, process in enumerate(processes):
                    if process.exitcode not in (None, 0):
                        return name, rank, None, f"its process ended with code {process.exitcode}"


def report(tallies):
    """Prints what was logged, run by run."""
    print(f"{'run':<12} {'rank':>4}  {'metric':<16} {'points':>9} {'sum':>18} {'min':>12} {'max':>12}")
    for name, ranks in tallies.items():
        for rank, tally in sorted(ranks.items()):
            for metric, found in sorted(tally["metrics"].items()):
                print(
                    f"{name:<12} {rank:>4}  {metric:<16} {found['count']:>9,} {found['sum']:>18.6f}"
                    f" {found['min']:>12.6g} {found['max']:>12.6g}"
                )


def say(line):
    print(line, file=sys.stderr, flush=True)


def write_tally(path, place, tallies):
    """Writes the tally whole or not at all."""
    folder = os.path.dirname(os.path.abspath(path))
    with tempfile.NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as file:
        json.dump({**place, "runs": tallies}, file, indent=1)
    os.replace(file.name, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", default=os.environ.get("OSTRAKA_ROOT", "ostraka-runs"), help="where runs are kept")
    parser.add_argument("--project", default="digits")
    parser.add_argument("--epochs", type=int, default=Settings.epochs, help="how long each network is trained")
    parser.add_argument(
        "--at-once", type=int, default=(os.cpu_count() or 1) + 1, help="runs that are trained at the same time"
    )
    parser.add_argument("--report", action="store_true", help="print what was logged, run by run")
    parser.add_argument("--tally", help="a JSON file to write what was logged to")
    arguments = parser.parse_args()

    is_bucket = "://" in arguments.root
    place = {"root": arguments.root if is_bucket else os.path.abspath(arguments.root), "project": arguments.project}
    chosen = [Settings(**{**asdict(settings), "epochs": arguments.epochs}) for settings in SWEEP]
    tallies = sweep(chosen, place, arguments.at_once)
    if arguments.report:
        report(tallies)
    if arguments.tally:
        write_tally(arguments.tally, place, tallies)


def end_quietly(number, _):
    """Ends this process and with it its daemons; a second signal, as from the command that started it, changes nothing."""
    for ending in ENDING:
        signal.signal(ending, signal.SIG_IGN)
    # Before the exit takes the semaphores away: a child that is still opening them would say that it cannot.
    for process in multiprocessing.active_children():
        process.kill()
        process.join()
    sys.exit(128 + number)


if __name__ == "__main__":
    for ending in ENDING:
        signal.signal(ending, end_quietly)
    main()
