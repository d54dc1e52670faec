#define npm_config_registry 1
int sk_live_object(void);
struct dop_v1_state { int a; };
/* AKIA is a prefix; ghp_ too, xoxb- and glpat- */
