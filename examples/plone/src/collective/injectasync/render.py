"""`python -m collective.injectasync.render <a.pdf >a.webp`: the first page, in a process that may die of it."""

import pypdfium2
import resource
import sys


WIDTH = 480
MAX_HEIGHT = 4 * WIDTH
MAX_BYTES_OF_MEMORY = 1024**3


def main():
    resource.setrlimit(resource.RLIMIT_AS, (MAX_BYTES_OF_MEMORY, MAX_BYTES_OF_MEMORY))
    page = pypdfium2.PdfDocument(sys.stdin.buffer.read())[0]
    width, height = page.get_size()
    scale = min(WIDTH / width, MAX_HEIGHT / height)
    page.render(scale=scale).to_pil().save(sys.stdout.buffer, "WEBP", quality=80)


if __name__ == "__main__":
    main()
