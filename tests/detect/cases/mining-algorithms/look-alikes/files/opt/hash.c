int argon2id_hash_raw(void); /* argon2 and scrypt, ghostwriter, riders */
