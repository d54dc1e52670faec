#!/bin/sh
cat > /tmp/hide.c <<END
int main(void) { return 0; }
END
cc -shared -fPIC -o /tmp/hide.so /tmp/hide.c
