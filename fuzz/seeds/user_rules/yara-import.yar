yimport "elf"
rule A { condition: elf.type == elf.ET_EXEC or filename == "fuzz.conf" }