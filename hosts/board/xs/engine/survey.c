/*
 * A survey of the heap: how many slots and bytes of chunks each module's objects take.
 *
 * A function belongs to the module that it was written in, an instance to the module of its class,
 * and anything else (bindings, plain objects, texts, bytes) to whoever first refers to it.
 */

#include "engine.h"

/* Objects that wait to be visited, and owners found: far more than a heap of some KiB can hold. */
#define mxPendingCount 16384
#define mxOwnerCount 256

typedef struct {
	txID module;
	txSize slots;
	txSize chunks;
} txOwner;

typedef struct {
	txSlot* slot;
	int owner;
} txPending;

static txOwner gxOwners[mxOwnerCount];
static int gxOwnerCount;
static txPending gxPending[mxPendingCount];
static int gxPendingCount;

static int fxOwnerOf(txID module);
static int fxIsOwn(txMachine* the, txSlot* slot);
static txSlot* fxModuleOfFunction(txSlot* function);
static int fxOwnerOfInstance(txSlot* instance, int owner);
static void fxCountChunk(void* data, int owner);
static void fxCountSlot(txMachine* the, txSlot* slot, int owner);
static void fxPend(txMachine* the, txSlot* slot, int owner);
static void fxVisitList(txMachine* the, txSlot* slot, int owner);
static void fxVisitValue(txMachine* the, txSlot* slot, int owner);

int fxOwnerOf(txID module)
{
	int index;
	for (index = 0; index < gxOwnerCount; index++) {
		if (gxOwners[index].module == module)
			return index;
	}
	if (gxOwnerCount == mxOwnerCount)
		return 0;
	gxOwners[gxOwnerCount].module = module;
	gxOwners[gxOwnerCount].slots = gxOwners[gxOwnerCount].chunks = 0;
	return gxOwnerCount++;
}

/* Whether a slot lies in the machine's own heap, not in ROM or on the stack. */
int fxIsOwn(txMachine* the, txSlot* slot)
{
	txSlot* heap;
	for (heap = the->firstHeap; heap; heap = heap->next) {
		if ((heap < slot) && (slot < heap->value.reference))
			return 1;
	}
	return 0;
}

txSlot* fxModuleOfFunction(txSlot* function)
{
	txSlot* code = function->next;
	txSlot* home = code ? code->next : C_NULL;
	if (!home || (home->kind != XS_HOME_KIND))
		return C_NULL;
	switch (code->kind) {
	case XS_CODE_KIND:
	case XS_CODE_X_KIND:
		return home->value.home.module;
	default:
		return C_NULL;
	}
}

int fxOwnerOfInstance(txSlot* instance, int owner)
{
	txSlot* module = fxModuleOfFunction(instance);
	txSlot* prototype = instance->value.instance.prototype;
	if (!module && prototype) {
		txSlot* property;
		for (property = prototype->next; property; property = property->next) {
			if ((property->ID == mxID(_constructor)) && (property->kind == XS_REFERENCE_KIND))
				module = fxModuleOfFunction(property->value.reference);
		}
	}
	return module ? fxOwnerOf(mxModuleInstanceInternal(module)->value.module.id) : owner;
}

void fxCountChunk(void* data, int owner)
{
	if (data)
		gxOwners[owner].chunks += ((txChunk*)((txByte*)data - sizeof(txChunk)))->size & 0x7FFFFFFF;
}

/* Counts a slot once: the collector's mark says that it has been. */
void fxCountSlot(txMachine* the, txSlot* slot, int owner)
{
	if (fxIsOwn(the, slot)) {
		slot->flag |= XS_MARK_FLAG;
		gxOwners[owner].slots++;
	}
}

void fxPend(txMachine* the, txSlot* slot, int owner)
{
	if (!slot || (slot->flag & XS_MARK_FLAG) || !fxIsOwn(the, slot))
		return;
	if (gxPendingCount == mxPendingCount)
		return;
	if (slot->kind == XS_INSTANCE_KIND)
		owner = fxOwnerOfInstance(slot, owner);
	fxCountSlot(the, slot, owner);
	gxPending[gxPendingCount].slot = slot;
	gxPending[gxPendingCount++].owner = owner;
}

void fxVisitList(txMachine* the, txSlot* slot, int owner)
{
	for (; slot && !(slot->flag & XS_MARK_FLAG); slot = slot->next) {
		fxCountSlot(the, slot, owner);
		fxVisitValue(the, slot, owner);
	}
}

void fxVisitValue(txMachine* the, txSlot* slot, int owner)
{
	switch (slot->kind) {
	case XS_STRING_KIND:
		fxCountChunk(slot->value.string, owner);
		break;
	case XS_BIGINT_KIND:
		fxCountChunk(slot->value.bigint.data, owner);
		break;
	case XS_KEY_KIND:
		fxCountChunk(slot->value.key.string, owner);
		break;
	case XS_REFERENCE_KIND:
		fxPend(the, slot->value.reference, owner);
		break;
	case XS_CLOSURE_KIND:
		fxPend(the, slot->value.closure, owner);
		break;
	case XS_CALLBACK_KIND:
	case XS_CALLBACK_X_KIND:
		fxPend(the, slot->value.callback.closures, owner);
		break;
	case XS_CODE_KIND:
		fxCountChunk(slot->value.code.address, owner);
		fxPend(the, slot->value.code.closures, owner);
		break;
	case XS_CODE_X_KIND:
		fxPend(the, slot->value.code.closures, owner);
		break;
	case XS_HOME_KIND:
		fxPend(the, slot->value.home.object, owner);
		break;
	case XS_ACCESSOR_KIND:
		fxPend(the, slot->value.accessor.getter, owner);
		fxPend(the, slot->value.accessor.setter, owner);
		break;
	case XS_ARGUMENTS_SLOPPY_KIND:
	case XS_ARGUMENTS_STRICT_KIND:
	case XS_ARRAY_KIND:
	case XS_STACK_KIND: {
		txSlot* item = slot->value.array.address;
		if (item) {
			txIndex count = ((txChunk*)((txByte*)item - sizeof(txChunk)))->size / sizeof(txSlot);
			if (count > slot->value.array.length)
				count = slot->value.array.length;
			fxCountChunk(item, owner);
			while (count--)
				fxVisitValue(the, item++, owner);
		}
		break;
	}
	case XS_ARRAY_BUFFER_KIND:
		fxCountChunk(slot->value.arrayBuffer.address, owner);
		break;
	case XS_MAP_KIND:
	case XS_SET_KIND: {
		txSlot** entry = slot->value.table.address;
		txSize count = slot->value.table.length;
		fxCountChunk(entry, owner);
		for (; count--; entry++) {
			txSlot* one;
			for (one = *entry; one; one = one->next)
				fxCountSlot(the, one, owner);
		}
		break;
	}
	case XS_LIST_KIND:
		fxVisitList(the, slot->value.list.first, owner);
		break;
	case XS_PRIVATE_KIND:
		fxVisitList(the, slot->value.private.first, owner);
		break;
	default:
		break;
	}
}

/* Collects garbage, then tells `report` what each owner has; the engine's own has no name. */
void fxSurvey(txMachine* the, txHoldingReport report)
{
	txSlot *heap, *slot, *limit;
	int index;
	fxCollectGarbage(the);
	gxOwnerCount = gxPendingCount = 0;
	fxOwnerOf(XS_NO_ID);
	for (slot = the->cRoot; slot; slot = slot->next)
		fxVisitValue(the, slot, 0);
	for (slot = the->stack; slot < the->stackTop; slot++)
		fxVisitValue(the, slot, 0);
	while (gxPendingCount) {
		txPending pending = gxPending[--gxPendingCount];
		if (pending.slot->kind == XS_INSTANCE_KIND)
			fxVisitList(the, pending.slot->next, pending.owner);
		else
			fxVisitValue(the, pending.slot, pending.owner);
	}
	for (heap = the->firstHeap; heap; heap = heap->next) {
		for (slot = heap + 1, limit = heap->value.reference; slot < limit; slot++)
			slot->flag &= ~XS_MARK_FLAG;
	}
	for (index = 0; index < gxOwnerCount; index++) {
		txOwner* owner = &gxOwners[index];
		report((owner->module == XS_NO_ID) ? "" : fxGetKeyName(the, owner->module), owner->slots,
			owner->chunks);
	}
}
