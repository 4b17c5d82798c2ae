/*
 * The ROM model: a machine's heap becomes what the chip has in flash.
 *
 * It freezes what the SDK's linker freezes (functions, constructors' prototypes, environments and
 * the instances that a clone can't shadow), shares the machine, and turns every string, code, key
 * and BigInt in it into the kind that the collector takes for read-only. Without the last step a
 * clone's collector would move pointers into chunks that don't move.
 */

#include "engine.h"

static txInteger gxMutableBindings = 0;

static void fxFreezeInstance(txSlot* instance);
static int fxHasCode(txSlot* property);
static int fxIsUnshadowed(txSlot* property);
static void fxFreezeHeap(txMachine* the);
static void fxFreezeIntrinsics(txMachine* root);
static void fxFreezeClosures(txMachine* root);
static void fxBurnSlot(txSlot* slot);
static void fxBurnChunks(txMachine* root);

#define mxForEachSlot(ROOT, SLOT) \
	txSlot *heap, *limit, *SLOT; \
	for (heap = (ROOT)->firstHeap; heap; heap = heap->next) \
		for (SLOT = heap + 1, limit = heap->value.reference; SLOT < limit; SLOT++)

void fxBurn(txMachine* root)
{
	fxCollectGarbage(root);
	fxFreezeHeap(root);
	fxFreezeIntrinsics(root);
	fxFreezeClosures(root);
	fxShareMachine(root);
	{
		mxForEachSlot(root, slot)
			fxBurnSlot(slot);
	}
	fxBurnChunks(root);
}

/* Bindings at the top of modules that the program could change: none, if it is fit for ROM. */
txInteger fxMutableBindings(void)
{
	return gxMutableBindings;
}

void fxFreezeInstance(txSlot* instance)
{
	txSlot* property;
	for (property = instance->next; property; property = property->next) {
		if (property->kind != XS_ACCESSOR_KIND)
			property->flag |= XS_DONT_SET_FLAG;
		property->flag |= XS_DONT_DELETE_FLAG;
	}
	instance->flag |= XS_DONT_PATCH_FLAG;
}

int fxHasCode(txSlot* property)
{
	return property && ((property->kind == XS_CALLBACK_KIND) || (property->kind == XS_CALLBACK_X_KIND)
		|| (property->kind == XS_CODE_KIND) || (property->kind == XS_CODE_X_KIND));
}

/* Kinds whose content lies outside of their properties, where a clone has no alias for it. */
int fxIsUnshadowed(txSlot* property)
{
	switch (property->kind) {
	case XS_ARRAY_BUFFER_KIND:
	case XS_DATA_VIEW_KIND:
	case XS_MAP_KIND:
	case XS_PROMISE_KIND:
	case XS_PROXY_KIND:
	case XS_REGEXP_KIND:
	case XS_SET_KIND:
	case XS_TYPED_ARRAY_KIND:
	case XS_WEAK_MAP_KIND:
	case XS_WEAK_REF_KIND:
	case XS_WEAK_SET_KIND:
		return 1;
	default:
		return property->ID == XS_ENVIRONMENT_BEHAVIOR;
	}
}

void fxFreezeHeap(txMachine* the)
{
	mxForEachSlot(the, slot) {
		txSlot* property = slot->next;
		if ((slot->kind != XS_INSTANCE_KIND) || !property || !(property->flag & XS_INTERNAL_FLAG))
			continue;
		if (fxHasCode(property)) {
			fxFreezeInstance(slot);
			if (slot->flag & XS_CAN_CONSTRUCT_FLAG) {
				while ((property = property->next)) {
					if ((property->ID == mxID(_prototype)) && (property->kind == XS_REFERENCE_KIND))
						fxFreezeInstance(property->value.reference);
				}
			}
		}
		else if (fxIsUnshadowed(property))
			fxFreezeInstance(slot);
	}
}

/*
 * Math, JSON, Reflect and the prototypes without a constructor: all that the stack's top refers to.
 */
void fxFreezeIntrinsics(txMachine* root)
{
	txMachine* the = root;
	txSlot* slot = the->stackTop - 1 - mxInstanceInspectorsStackIndex;
	while (--slot >= the->stack) {
		if (slot->kind == XS_REFERENCE_KIND)
			fxFreezeInstance(slot->value.reference);
	}
}

/*
 * A binding of a module that holds a function or a class is constant; the others must be so by
 * themselves.
 */
void fxFreezeClosures(txMachine* root)
{
	mxForEachSlot(root, slot) {
		txSlot* closure;
		if (slot->kind != XS_CLOSURE_KIND)
			continue;
		closure = slot->value.closure;
		if ((closure->kind == XS_REFERENCE_KIND) && fxHasCode(closure->value.reference->next))
			closure->flag |= XS_DONT_SET_FLAG;
		if (!(closure->flag & XS_DONT_SET_FLAG))
			gxMutableBindings++;
	}
}

void fxBurnSlot(txSlot* slot)
{
	switch (slot->kind) {
	case XS_STRING_KIND:
		slot->kind = XS_STRING_X_KIND;
		break;
	case XS_CODE_KIND:
		slot->kind = XS_CODE_X_KIND;
		break;
	case XS_KEY_KIND:
		slot->kind = XS_KEY_X_KIND;
		break;
	case XS_BIGINT_KIND:
		slot->kind = XS_BIGINT_X_KIND;
		break;
	case XS_ARRAY_KIND: {
		txSlot* item = slot->value.array.address;
		txIndex count = item ? ((txChunk*)((txByte*)item - sizeof(txChunk)))->size / sizeof(txSlot) : 0;
		if (count > slot->value.array.length)
			count = slot->value.array.length;
		while (count--)
			fxBurnSlot(item++);
		break;
	}
	default:
		break;
	}
}

/* A chunk without `temporary` stays where it is: the mark of read-only memory to a collector. */
void fxBurnChunks(txMachine* root)
{
#if mxNoChunks
	txChunk* chunk = (txChunk*)root->firstBlock; /* Here a list of all chunks. */
	while (chunk) {
		txChunk* next = (txChunk*)chunk->temporary;
		chunk->temporary = C_NULL;
		chunk = next;
	}
	root->firstBlock = C_NULL;
#else
	txBlock* block;
	for (block = root->firstBlock; block; block = block->nextBlock) {
		txByte* current = (txByte*)block + sizeof(txBlock);
		while (current < block->current) {
			txByte* next = ((txChunk*)current)->temporary;
			((txChunk*)current)->temporary = C_NULL;
			current = next;
		}
	}
#endif
}
