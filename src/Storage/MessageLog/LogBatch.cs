using ImOrleans.Domain.Conversations;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Storage.MessageLog.Writes;

namespace ImOrleans.Storage.MessageLog;

/// <summary>Writes that share a transaction: what they need to know, and what they come to.</summary>
/// <remarks>
/// A store makes it, which asks the writes; fills in what is asked for; calls <see cref="Apply"/>, which decides in the
/// order of the writes; stores what has changed; commits. So both stores decide by the same rules.
/// </remarks>
internal sealed class LogBatch
{
    private readonly IReadOnlyList<LogWrite> _writes;
    private readonly HashSet<ClientName> _used = [];
    private readonly Dictionary<ConversationKey, HeadRow?> _heads = [];
    private readonly Dictionary<ConversationKey, long?> _seqs = [];
    private readonly Dictionary<(UserId User, ConversationKey Key), EntryRow?> _entries = [];
    private readonly Dictionary<(UserId User, DeviceId Device), DeviceRow?> _devices = [];
    private readonly HashSet<(UserId, DeviceId)> _touched = [];

    public LogBatch(IReadOnlyList<LogWrite> writes)
    {
        _writes = writes;
        foreach (var write in writes)
        {
            write.Refuse(null);
            write.Ask(this);
        }
    }

    /// <summary>Conversations that are opened, maybe for the first time.</summary>
    public HashSet<ConversationKey> Opened { get; } = [];

    /// <summary>Conversations that are written to: nobody else may until the commit.</summary>
    public IReadOnlyCollection<ConversationKey> AskedHeads => _heads.Keys;

    /// <summary>Conversations whose length matters, and nothing else.</summary>
    public IEnumerable<ConversationKey> AskedSeqs => _seqs.Keys.Where(key => !_heads.ContainsKey(key));

    public IReadOnlyCollection<(UserId User, ConversationKey Key)> AskedEntries => _entries.Keys;

    public HashSet<ClientName> AskedNames { get; } = [];

    public IReadOnlyCollection<(UserId User, DeviceId Device)> AskedDevices => _devices.Keys;

    public List<NewMessage> Messages { get; } = [];

    public IEnumerable<HeadRow> ChangedHeads => _heads.Values.OfType<HeadRow>().Where(row => row.IsChanged);

    /// <summary>The heads of all that is written to, as they are after it.</summary>
    public IEnumerable<(ConversationKey Key, HeadRow Row)> Heads =>
        _heads.Where(one => one.Value is not null).Select(one => (one.Key, one.Value!));

    public IEnumerable<(UserId User, ConversationKey Key, EntryRow Row)> ChangedEntries =>
        _entries.Where(one => one.Value is { IsChanged: true }).Select(one => (one.Key.User, one.Key.Key, one.Value!));

    public Dictionary<ConversationKey, GroupProfile> Profiles { get; } = [];

    /// <summary>Devices to forget, before <see cref="TouchedDevices"/> and <see cref="Positions"/> are stored.</summary>
    public HashSet<(UserId User, DeviceId Device)> RemovedDevices { get; } = [];

    public IEnumerable<(UserId User, DeviceRow Row)> TouchedDevices =>
        _touched.Where(key => _devices[key] is not null).Select(key => (key.Item1, _devices[key]!));

    /// <summary>How far devices have got, where that is further than what is stored.</summary>
    public Dictionary<(UserId User, DeviceId Device, ConversationKey Key), long> Positions { get; } = [];

    // What writes ask for.
    public void AskHead(ConversationKey key, bool isNewTaken = false)
    {
        _heads[key] = null;
        if (isNewTaken)
            Opened.Add(key);
    }

    public void AskSeq(ConversationKey key) => _seqs[key] = null;

    public void AskEntry(UserId user, ConversationKey key) => _entries[(user, key)] = null;

    public void AskName(ClientName name) => AskedNames.Add(name);

    public void AskDevice(UserId user, DeviceId device) => _devices[(user, device)] = null;

    // What the store fills in; what it does not find stays open.
    public void Learn(ConversationKey key, HeadRow row) => _heads[key] = row;

    public void LearnSeq(ConversationKey key, long seq) => _seqs[key] = seq;

    public void Learn(UserId user, ConversationKey key, EntryRow row) => _entries[(user, key)] = row;

    public void LearnUsed(ClientName name) => _used.Add(name);

    public void Learn(UserId user, DeviceRow row) => _devices[(user, row.Device)] = row;

    /// <summary>Lets all writes decide.</summary>
    public void Apply()
    {
        foreach (var write in _writes)
            write.Apply(this);
    }

    /// <summary>Gives the messages their time.</summary>
    public void Stamp(long sentAtUnixMs)
    {
        foreach (var row in ChangedHeads)
            if (row.Head.LastAtUnixMs == LogWrite.TimeToCome)
                row.Change(row.Head with { LastAtUnixMs = sentAtUnixMs });
        foreach (var write in _writes)
            write.Stamp(sentAtUnixMs);
    }

    // What writes see and change.
    public HeadRow? HeadOf(ConversationKey key) => _heads.GetValueOrDefault(key);

    /// <summary>The last message of a conversation; null when nobody has opened it.</summary>
    public long? SeqOf(ConversationKey key) => HeadOf(key)?.Head.Seq ?? _seqs.GetValueOrDefault(key);

    public EntryRow? EntryOf(UserId user, ConversationKey key) => _entries.GetValueOrDefault((user, key));

    public DeviceRow? DeviceOf(UserId user, DeviceId device) => _devices.GetValueOrDefault((user, device));

    public bool IsUsed(ClientName name) => _used.Contains(name);

    public void Enter(UserId user, ConversationKey key, long joinedSeq)
    {
        if (EntryOf(user, key) is not { } entry)
            _entries[(user, key)] = EntryRow.New(joinedSeq);
        else if (!entry.IsIn)
            entry.Return(joinedSeq);
    }

    public void Add(HeadRow row, ChatMessage message, ClientName? name)
    {
        row.Change(row.Head.With(message, LogWrite.TimeToCome));
        Messages.Add(new(row, row.Head.Seq, row.Head.CountedTotal, message, name));
        if (name is not null)
            _used.Add(name);
    }

    public DeviceRow Touch(UserId user, DeviceRow device)
    {
        var row = DeviceOf(user, device.Device) is { } known
            ? known with { SeenAtUnixMs = Math.Max(known.SeenAtUnixMs, device.SeenAtUnixMs) }
            : device;
        _devices[(user, device.Device)] = row;
        _touched.Add((user, device.Device));
        return row;
    }

    public void Remove(UserId user, DeviceId device)
    {
        _devices[(user, device)] = null;
        RemovedDevices.Add((user, device));
        foreach (var position in Positions.Keys.Where(one => (one.User, one.Device) == (user, device)).ToList())
            Positions.Remove(position);
    }

    public void Move(UserId user, DeviceId device, ConversationKey key, long deliveredSeq) =>
        Positions[(user, device, key)] = Math.Max(Positions.GetValueOrDefault((user, device, key)), deliveredSeq);
}
