package main

import (
	"net/http"
	"os/exec"
)

func version(w http.ResponseWriter, r *http.Request) {
	out, _ := exec.Command("sh", "-c", "git describe --tags").Output()
	w.Write([]byte(r.URL.Query().Get("prefix") + string(out)))
}
