/* blocks.c: a QEMU user-mode plug-in (QEMU 9 or later) that counts how often each translated block is executed.
 *
 * The guest marks a point by getpgid(0x45440000 + k): no such process, so the call does nothing else. At each mark the
 * plug-in writes to its argument out=FILE
 *
 *     mark K                      the guest's k
 *     PC COUNT CODE               per block executed since the mark before: hex, decimal, hex of its instructions in order
 *
 * Counting is one inline addition per block and thread; what an instruction is, is told from CODE afterwards. */
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <qemu-plugin.h>

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

#define MOST_BLOCKS (1u << 20)
#define GETPGID 155 /* on 64-bit ARM */
#define MARK 0x45440000u

typedef struct {
    uint64_t pc, counted;
    uint32_t length, number;
    uint32_t code[];
} Block;

static struct qemu_plugin_scoreboard *board;
static GHashTable *known; /* of blocks: the same code may be translated more than once */
static GPtrArray *blocks; /* by number */
static GMutex lock;
static FILE *out;

static guint block_hash(gconstpointer key)
{
    const Block *block = key;
    guint hash = (guint)(block->pc >> 2);
    for (uint32_t i = 0; i < block->length; i++) {
        hash = hash * 31 + block->code[i];
    }
    return hash;
}

static gboolean block_equal(gconstpointer a, gconstpointer b)
{
    const Block *one = a, *other = b;
    return one->pc == other->pc && one->length == other->length
        && memcmp(one->code, other->code, one->length * sizeof(uint32_t)) == 0;
}

static qemu_plugin_u64 counter(uint32_t number)
{
    return (qemu_plugin_u64) { .score = board, .offset = number * sizeof(uint64_t) };
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    size_t length = qemu_plugin_tb_n_insns(tb);
    Block *block = g_malloc0(sizeof(Block) + length * sizeof(uint32_t));
    block->pc = qemu_plugin_tb_vaddr(tb);
    block->length = (uint32_t)length;
    for (size_t i = 0; i < length; i++) {
        qemu_plugin_insn_data(qemu_plugin_tb_get_insn(tb, i), &block->code[i], sizeof(uint32_t));
    }
    g_mutex_lock(&lock);
    Block *before = g_hash_table_lookup(known, block);
    if (before) {
        g_free(block);
        block = before;
    } else if (blocks->len == MOST_BLOCKS) {
        g_error("more than %u blocks: raise MOST_BLOCKS", MOST_BLOCKS); /* ends the program: a count with gaps is none */
    } else {
        block->number = blocks->len;
        g_ptr_array_add(blocks, block);
        g_hash_table_add(known, block);
    }
    g_mutex_unlock(&lock);
    qemu_plugin_register_vcpu_tb_exec_inline_per_vcpu(tb, QEMU_PLUGIN_INLINE_ADD_U64, counter(block->number), 1);
}

static void write_since_last_mark(unsigned mark)
{
    g_mutex_lock(&lock);
    fprintf(out, "mark %u\n", mark);
    for (uint32_t i = 0; i < blocks->len; i++) {
        Block *block = g_ptr_array_index(blocks, i);
        uint64_t total = qemu_plugin_u64_sum(counter(i));
        if (total != block->counted) {
            fprintf(out, "%" PRIx64 " %" PRIu64 " ", block->pc, total - block->counted);
            for (uint32_t k = 0; k < block->length; k++) {
                fprintf(out, "%08" PRIx32, block->code[k]);
            }
            fputc('\n', out);
            block->counted = total;
        }
    }
    fflush(out);
    g_mutex_unlock(&lock);
}

static void called(qemu_plugin_id_t id, unsigned vcpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                   uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8)
{
    if (number == GETPGID && (a1 & 0xFFFF0000u) == MARK) {
        write_since_last_mark((unsigned)(a1 & 0xFFFFu));
    }
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (g_str_has_prefix(argv[i], "out=")) {
            out = fopen(argv[i] + strlen("out="), "w");
        }
    }
    if (!out) {
        fputs("blocks: give out=FILE, a file that can be written\n", stderr);
        return 1;
    }
    board = qemu_plugin_scoreboard_new(MOST_BLOCKS * sizeof(uint64_t));
    known = g_hash_table_new(block_hash, block_equal);
    blocks = g_ptr_array_new();
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_syscall_cb(id, called);
    return 0;
}
