unsigned long kallsyms_lookup_name(const char *name);
