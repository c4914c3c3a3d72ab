using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Grains.Abstractions.Conversations;

namespace ImOrleans.Grains.Conversations;

/// <summary>
/// The way of one conversation's messages into the store: one append under way, the rest gathers, and leaves together.
/// </summary>
/// <remarks>
/// <para>The conversation is opened before its first append, which takes the right to write from every activation before.
/// Numbers are given when an append is formed. The store refuses one with a client message id that its sender has used:
/// only then those that are stored already are looked for, and the others appended without them. They are all found,
/// since no other activation stores anything once the conversation is open.</para>
/// <para>When an append ends without an answer, its outcome is unknown, and it may even be stored later. So the
/// conversation is opened anew: the store takes that behind the append, which is done then or refused for ever, and what
/// is stored says which. Nothing else is appended before that is known.</para>
/// <para>Other writes of the conversation, of its members for instance, take their turn between two appends, in the order in
/// which all came. They have to be such that they may be done twice: one whose outcome is unknown is done again, once the
/// conversation is opened anew and nobody else has opened it meanwhile.</para>
/// <para>Whoever listens to this activation is told through <paramref name="onOpened"/> whenever another one may have written
/// until now, before anything else.</para>
/// <para>Runs in the turns of its grain and between them; it touches nothing but itself.</para>
/// </remarks>
internal sealed class ConversationWriter(
    ConversationKey key, IMessageLog log, TimeProvider clock, Func<long> random, ConversationOptions options,
    Action<ConversationPush> onStored, Action onFenced, Action<Exception?> onTrouble,
    Func<SendChatMessageRequest, ValueTask<Refusal?>>? admit = null, Action? onOpened = null)
{
    /// <summary>Messages of one append: as many as the store takes into a transaction.</summary>
    private const int AppendMessagesMax = 256;

    /// <summary>Writes that are no appends and wait: whoever makes them mostly waits for each.</summary>
    private const int ChangesMax = 16;

    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    private static readonly Refusal NotStored =
        new(ErrorCode.InternalErrror, "The message was not stored; send it again.");

    private static readonly Refusal TooMany =
        new(ErrorCode.InternalErrror, "Too many messages of this conversation wait to be stored already; send it again later.");

    private static readonly Refusal NotChanged =
        new(ErrorCode.InternalErrror, "The change was not stored, or that is not known; make it again.");

    private readonly Queue<WaitingMessage> _waiting = new();
    private readonly Queue<WaitingChange> _changes = new();
    private readonly Dictionary<(UserId Sender, string Id), WaitingMessage> _named = [];
    private readonly Func<long, long, MessageUId> _names = MessageUId.For(key);
    private readonly TaskCompletionSource _closed = new();
    private ConversationHead? _head;
    private int _bytes;
    private long _addedCount;
    private long _takenCount;
    private Task _running = Task.CompletedTask;

    /// <summary>Adds a message to the line; ends when it is stored, or is certain not to be.</summary>
    /// <param name="request">The message.</param>
    /// <param name="unlessStored">
    /// What the rules have against it; null: nothing. Then it is not stored. It is answered so unless it is stored already:
    /// a repetition is answered as the first time, whatever the rules say by now.
    /// </param>
    /// <remarks>One that is in the line already, by its sender and client message id, is not added again.</remarks>
    public Task<Outcome<ChatMessageSent>> SendAsync(SendChatMessageRequest request, Refusal? unlessStored = null)
    {
        if (unlessStored is not null && request.ClientMessageId is null)
            return Task.FromResult<Outcome<ChatMessageSent>>(unlessStored);
        if (request.ClientMessageId is { } id && _named.TryGetValue((request.Sender, id), out var same))
            return same.DoneAgainAsync();
        var message = new WaitingMessage(request, unlessStored);
        if (_closed.Task.IsCompleted)
            return Task.FromResult<Outcome<ChatMessageSent>>(NotStored);
        if (_waiting.Count == options.WaitingMessagesMax || _bytes + message.Bytes > options.WaitingBytesMax)
            return Task.FromResult<Outcome<ChatMessageSent>>(TooMany);
        _waiting.Enqueue(message);
        _bytes += message.Bytes;
        _addedCount++;
        if (request.ClientMessageId is { } name)
            _named[(request.Sender, name)] = message;
        Run();
        return message.Done;
    }

    /// <summary>Adds a write that is no append to the line; ends when it is done, or was refused.</summary>
    /// <param name="write">
    /// Decides and writes with the epoch of the head. False: another activation writes. What follows from a write that was done
    /// is done by it too, since whoever waits may have given up.
    /// </param>
    public Task<Outcome<Done>> ChangeAsync(Func<ConversationHead, Task<Outcome<bool>>> write)
    {
        if (_closed.Task.IsCompleted || _changes.Count == ChangesMax)
            return Task.FromResult<Outcome<Done>>(NotChanged);
        var change = new WaitingChange(_addedCount, write);
        _changes.Enqueue(change);
        Run();
        return change.Done;
    }

    /// <summary>Takes nothing more; ends when all that waits is stored, or when that cannot be had now.</summary>
    public Task CloseAsync()
    {
        _closed.TrySetResult();
        return _running;
    }

    private void Run()
    {
        if (_running.IsCompleted)
            _running = RunAsync();
    }

    private async Task RunAsync()
    {
        List<WaitingMessage> taken = [];
        while (true)
            if (_changes.TryPeek(out var change) && change.MessagesBefore <= _takenCount)
            {
                _changes.Dequeue();
                await DoAsync(change);
            }
            else if (_waiting.Count > 0)
            {
                Take(taken);
                await StoreAsync(taken);
                Release(taken);
            }
            else
            {
                return;
            }
    }

    private async Task DoAsync(WaitingChange change)
    {
        long? unknownAt = null;
        for (var pause = PauseMin; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
            try
            {
                var head = await HeadAsync();

                // Somebody else has opened it in between, perhaps we, without hearing of it: it is not ours to do it again.
                var isSettled = unknownAt is null || head.Epoch == unknownAt + 1;
                var done = isSettled ? await change.Write(head) : NotChanged;
                onTrouble(null);
                change.End(done.IsAccepted && !done.Value ? NotChanged : done);
                if (done.IsAccepted && !done.Value)
                    Fence([]);
                return;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                onTrouble(failure);
                if (failure is LogUnknownException && _head is { } head)
                    (unknownAt, _head) = (head.Epoch, null);
                if (unknownAt is null || await IsClosedWithinAsync(pause))
                {
                    change.End(NotChanged);
                    return;
                }
            }
    }

    /// <summary>The head as this activation has left it; opens the conversation where it is not.</summary>
    private async Task<ConversationHead> HeadAsync()
    {
        if (_head is { } known)
            return known;
        _head = await log.OpenAsync(key);
        onOpened?.Invoke();
        return _head;
    }

    private void Take(List<WaitingMessage> taken)
    {
        var bytes = 0;
        var countMax = _changes.TryPeek(out var change)
            ? Math.Min(AppendMessagesMax, change.MessagesBefore - _takenCount) : AppendMessagesMax;
        while (taken.Count < countMax && _waiting.TryPeek(out var next)
            && (taken.Count == 0 || bytes + next.Bytes <= ConversationLimits.PageBytesMax))
        {
            taken.Add(_waiting.Dequeue());
            bytes += next.Bytes;
        }

        _takenCount += taken.Count;
    }

    private void Release(List<WaitingMessage> taken)
    {
        foreach (var message in taken)
        {
            _bytes -= message.Bytes;
            if (message.Request.ClientMessageId is { } name)
                _named.Remove((message.Request.Sender, name));
        }

        taken.Clear();
    }

    private async Task StoreAsync(List<WaitingMessage> taken)
    {
        try
        {
            await HeadAsync();
            var refusals = await RefusalsAsync(taken);
            if (refusals is null && await TryAppendAsync(taken))
                return;
            taken = await WithoutRepeatedAsync(taken, refusals);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Nothing was appended. What the failed opening may have done is done again by the next.
            onTrouble(failure);
            Refuse(taken);
            return;
        }

        if (taken.Count > 0 && !await TryAppendAsync(taken))
            Refuse(taken);
    }

    /// <summary>False when nothing was appended, since the name of one is used; else all have their answers.</summary>
    private async Task<bool> TryAppendAsync(List<WaitingMessage> added)
    {
        var head = _head!;
        var first = head.Seq + 1;
        var messages = Form(added, first);
        try
        {
            var result = await log.AppendAsync(new(key, head.Epoch, first, messages, head.Seq == 0 ? key.Parties : []));
            onTrouble(null);
            if (result.IsStored)
                Settle(added, messages, first, result.SentAtUnixMs);
            else
                Fence(added);
        }
        catch (LogUnknownException failure)
        {
            onTrouble(failure);
            await FindOutAsync(added, messages, first);
        }
        catch (ArgumentException)
        {
            onTrouble(null);
            return false;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            onTrouble(failure);
            Refuse(added);
        }

        return true;
    }

    private ImmutableArray<ChatMessage> Form(List<WaitingMessage> added, long first)
    {
        var messages = new ChatMessage[added.Count];
        for (var place = 0; place < messages.Length; place++)
            messages[place] = added[place].As(_names(first + place, random()));
        return ImmutableCollectionsMarshal.AsImmutableArray(messages);
    }

    /// <summary>Why each may not be stored, if it is not yet; null when all may.</summary>
    private async Task<Refusal?[]?> RefusalsAsync(List<WaitingMessage> taken)
    {
        Refusal?[]? refusals = null;
        for (var place = 0; place < taken.Count; place++)
            if ((taken[place].UnlessStored ?? await AdmitAsync(taken[place])) is { } refusal)
                (refusals ??= new Refusal?[taken.Count])[place] = refusal;
        return refusals;
    }

    private ValueTask<Refusal?> AdmitAsync(WaitingMessage message) => admit is null ? default : admit(message.Request);

    /// <summary>
    /// Answers those that are stored already, by their client message ids, and those that may not be; yields the others.
    /// </summary>
    private async Task<List<WaitingMessage>> WithoutRepeatedAsync(List<WaitingMessage> taken, Refusal?[]? refusals)
    {
        var found = await Task.WhenAll(taken.Select(message => message.Request.ClientMessageId is { } name
            ? log.FindAsync(key, message.Request.Sender, name)
            : Task.FromResult<StoredMessage?>(null)));
        var others = new List<WaitingMessage>(taken.Count);
        for (var place = 0; place < found.Length; place++)
            if (found[place] is { } stored)
                taken[place].Store(stored, isRepeated: true);
            else if (refusals?[place] is { } refusal)
                taken[place].Refuse(refusal);
            else
                others.Add(taken[place]);
        return others;
    }

    private void Settle(List<WaitingMessage> added, ImmutableArray<ChatMessage> messages, long first, long sentAt)
    {
        var before = _head!;
        _head = before with
        {
            Seq = first + messages.Length - 1,
            CountedTotal = before.CountedTotal + messages.Count(message => message.Flags.HasFlag(MessageFlags.Counted)),
            LastAtUnixMs = sentAt,
        };
        var pushed = ImmutableArray.CreateBuilder<PushedMessage>(messages.Length);
        for (var place = 0; place < messages.Length; place++)
        {
            var stored = new StoredMessage(first + place, sentAt, messages[place]);
            added[place].Store(stored);
            pushed.Add(new(stored, added[place].Request.Session));
        }

        onStored(new(0, key, before.Seq, before.LastAtUnixMs, _head.Seq, pushed.MoveToImmutable()));
    }

    private async Task FindOutAsync(List<WaitingMessage> added, ImmutableArray<ChatMessage> messages, long first)
    {
        var before = _head!.Epoch;
        for (var pause = PauseMin; ; pause = pause * 2 < PauseMax ? pause * 2 : PauseMax)
            try
            {
                var head = await log.OpenAsync(key);
                var found = head.Seq < first ? [] : (await log.ReadAsync(key, new(first - 1, first + 1, 1, false))).Messages;
                onTrouble(null);
                _head = head with { Seq = first - 1 };
                if (found is [var one] && one.Message.UId == messages[0].UId)
                    Settle(added, messages, first, one.SentAtUnixMs);
                else
                    Refuse(added);

                // Another activation may have written behind it, or instead of it.
                _head = head;
                if (head.Epoch != before + 1)
                    onOpened?.Invoke();
                return;
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                onTrouble(failure);
                if (!await IsClosedWithinAsync(pause))
                    continue;

                // The grain goes away: who waits for these hears that nothing is known. The others can be told.
                RefuseWaiting();
                return;
            }
    }

    private async Task<bool> IsClosedWithinAsync(TimeSpan pause)
    {
        try
        {
            await _closed.Task.WaitAsync(pause, clock);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Another activation writes: this one has to go, and those who wait have to ask the other.</summary>
    private void Fence(List<WaitingMessage> added)
    {
        _closed.TrySetResult();
        Refuse(added);
        RefuseWaiting();
        onFenced();
    }

    private void RefuseWaiting()
    {
        while (_waiting.TryDequeue(out var message))
            message.Refuse(NotStored);
        while (_changes.TryDequeue(out var change))
            change.End(NotChanged);
    }

    private static void Refuse(List<WaitingMessage> messages)
    {
        foreach (var message in messages)
            message.Refuse(NotStored);
    }
}
