/* The back end's table of functions, named by the field's BACKEND. */
#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)

/* The registers last: what overwrites the stack may copy through them. */
static void wipe_traces(void) {
    wipe_stack();
    wipe_registers();
}

const backend JOIN(backend, BACKEND) = {
    .name = TEXT(BACKEND),
    .multiply = multiply_batch,
    .from_uniform = from_uniform_batch,
    .check = check_batch,
    .add = add_batch,
    .combine = combine_batch,
    .expand = expand_batch,
    .expand_pairs = expand_pairs_batch,
    .finalize = finalize_batch,
    .derive = derive_batch,
    .sha256 = sha256_batch,
    .wipe_traces = wipe_traces,
    .longest = MESSAGE_CAP,
};
