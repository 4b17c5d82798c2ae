/* Memory of the machines: the root takes what it needs, the clone has a pool of fixed size. */

#include "engine.h"

txPool* fxNewPool(txSize size)
{
	txPool* pool = c_calloc(1, sizeof(txPool));
	if (pool) {
		size -= size % sizeof(txSlot); /* Slots, which grow down from the end, lie aligned. */
		pool->start = c_malloc(size);
		pool->low = pool->highest = pool->start;
		pool->high = pool->end = pool->lowest = pool->start + size;
	}
	return (pool && pool->start) ? pool : C_NULL;
}

void fxCreateMachinePlatform(txMachine* the)
{
	the->pool = the->context;
}

void fxDeleteMachinePlatform(txMachine* the __attribute__((unused)))
{
}

/* XS asks for `size` bytes when no block has room for them. A first block is laid down; after
 * that the one block grows, by no more than what is missing. */
void* fxAllocateChunks(txMachine* the, txSize size)
{
	txPool* pool = the->pool;
	txBlock* block = the->firstBlock;
	txSize room = 0, missing;
	if (!pool)
		return c_malloc(size);
	if (block)
		room = (txSize)(block->limit - block->current) + sizeof(txBlock);
	missing = (size > room) ? size - room : 0;
	if (pool->high - pool->low < missing)
		return C_NULL;
	pool->low += missing;
	if (pool->highest < pool->low)
		pool->highest = pool->low;
	if (!block)
		return pool->start;
	/* fxGrowChunks will add `size` to the limit and to the maximum. */
	block->limit = pool->low - size;
	the->maximumChunksSize += missing - size;
	return block->limit;
}

void fxFreeChunks(txMachine* the, void* chunks)
{
	if (!the->pool)
		c_free(chunks);
}

txSlot* fxAllocateSlots(txMachine* the, txSize count)
{
	txPool* pool = the->pool;
	txSize size = count * sizeof(txSlot);
	if (!pool)
		return c_malloc(size);
	if (!the->stackBottom && !the->firstHeap)
		return c_malloc(size); /* The stack: memory of its own, reported on its own. */
#if !mxNoChunks
	if ((pool->high - pool->low < size) && the->firstBlock) {
		/* Compact the chunks and take over what that leaves free. */
		fxCollect(the, XS_COMPACT_FLAG | XS_ORGANIC_FLAG);
		the->maximumChunksSize -= (txSize)(the->firstBlock->limit - the->firstBlock->current);
		the->firstBlock->limit = pool->low = the->firstBlock->current;
	}
#endif
	if (pool->high - pool->low < size)
		return C_NULL;
	pool->high -= size;
	if (pool->lowest > pool->high)
		pool->lowest = pool->high;
	return (txSlot*)pool->high;
}

void fxFreeSlots(txMachine* the, void* slots)
{
	if (!the->pool)
		c_free(slots);
}

#ifdef __wasm__
/* The stack lies first in memory: below it an access is out of bounds. */
char* fxCStackLimit(void)
{
	return (char*)(32 * 1024);
}
#endif
