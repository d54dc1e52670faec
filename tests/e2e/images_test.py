"""Makes the real Debian images that the other end-to-end tests use, and checks that they are what they claim to be."""
import tarfile

import support


def debian_images_are_made():
    for name, (suite, *_rest) in support.DEBIAN.items():
        with tarfile.open(support.debian_tree(name)) as tree:
            names = set(tree.getnames())
        assert "./var/lib/dpkg/status" in names, (name, suite)
        support.debian_image(name)


support.need_root()
support.run(debian_images_are_made)
