#include <sys/socket.h>
int run(void) { return execl("/bin/sh", "sh", "-c", "true", 0); }
