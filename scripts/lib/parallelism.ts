/** Resources that `make up` works on at a time: from a sweep (docs/decisions/0011). */
export const PARALLELISM = 16;
