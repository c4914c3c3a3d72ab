using Orleans.Runtime;

namespace ImOrleans.LocalRuntime;

/// <summary>A bad network, the same for the same seed and the same messages.</summary>
public sealed class SeededMessageFaults : IMessageFaults
{
    private readonly Lock _lock = new();
    private readonly Random _random;
    private readonly MessageFaultOptions _options;
    private readonly HashSet<(SiloAddress, SiloAddress)> _cuts = [];
    private bool _isQuiet;

    public SeededMessageFaults(int seed, MessageFaultOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _random = new Random(seed);
        _options = options;
    }

    /// <summary>True to let every message arrive at once, except across a partition.</summary>
    public bool IsQuiet
    {
        get
        {
            lock (_lock)
            {
                return _isQuiet;
            }
        }

        set
        {
            lock (_lock)
            {
                _isQuiet = value;
            }
        }
    }

    /// <summary>How many messages were lost so far.</summary>
    public long Lost { get; private set; }

    /// <summary>How many messages arrived late or out of order so far.</summary>
    public long Late { get; private set; }

    /// <summary>How many messages got through to or from a silo that the others take for dead.</summary>
    public long Leaked { get; private set; }

    /// <summary>From now on nothing arrives from one silo at the other. The way back stays as it is.</summary>
    public void Cut(SiloAddress from, SiloAddress to)
    {
        lock (_lock)
        {
            _cuts.Add((from, to));
        }
    }

    /// <summary>Undoes all cuts.</summary>
    public void Heal()
    {
        lock (_lock)
        {
            _cuts.Clear();
        }
    }

    public MessageFate Decide(in SiloMessage message)
    {
        lock (_lock)
        {
            var fate = FateOf(message);
            Lost += fate.IsLost ? 1 : 0;
            Late += fate.ArrivesIn is null ? 0 : 1;
            return fate;
        }
    }

    private MessageFate FateOf(in SiloMessage message)
    {
        if (message.IsAcrossPartition)
        {
            if (!message.IsToObserver || !Happens(_options.LeakRate))
            {
                return MessageFate.Lost;
            }

            Leaked++;
        }

        if (_cuts.Count > 0 && _cuts.Contains((message.From, message.To)))
        {
            return MessageFate.Lost;
        }

        if (_isQuiet)
        {
            return MessageFate.Arrives;
        }

        if (Happens(_options.LossRate))
        {
            return MessageFate.Lost;
        }

        if (Happens(_options.DelayRate))
        {
            return MessageFate.ArrivesAfter(_options.MaxDelay * _random.NextDouble());
        }

        return Happens(_options.ReorderRate) ? MessageFate.ArrivesAfter(TimeSpan.Zero) : MessageFate.Arrives;
    }

    private bool Happens(double rate) => rate > 0 && _random.NextDouble() < rate;
}
