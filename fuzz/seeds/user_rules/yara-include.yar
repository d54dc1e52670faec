yinclude "/etc/passwd"
rule A { condition: true }