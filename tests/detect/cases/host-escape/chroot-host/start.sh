#!/bin/sh
chroot /host /bin/sh -c "id"
