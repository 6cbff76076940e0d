"""A trainer that is killed at full speed: several threads log and count their returned calls in a mapped file.

Arguments: the file of counts, the number of threads, the size of a segment.
"""

import mmap
import sys
import threading

from ostraka import _run, _settings


def main():
    path, threads, segment_bytes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with open(path, "r+b") as file:
        counts = memoryview(mmap.mmap(file.fileno(), 4096)).cast("Q")
    settings = _settings.Settings(console=False, git=False)
    run = _run.Run(settings, segment_bytes=segment_bytes)

    def log(number):
        names = f"t{number}/x", f"t{number}/y"
        call = 0
        while True:
            run.log({names[0]: call, names[1]: -call}, step=call)
            call += 1
            counts[number] = call

    for number in range(1, threads):
        threading.Thread(target=log, args=(number,), daemon=True).start()
    log(0)


main()
