using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using ImOrleans.Gateway.Auth.Permissions;

namespace ImOrleans.Gateway.Auth.Rtm2;

/// <summary>
/// Reads the fields of an access token's body. What is not there makes every later read fail too; nothing throws.
/// </summary>
internal sealed class Rtm2TokenReader(ReadOnlyMemory<byte> content)
{
    /// <summary>Services, and privileges of one, that are looked at: more than there are kinds.</summary>
    private const int EntriesMax = 64;

    /// <summary>Names that all lists of a token have together.</summary>
    public const int NamesMax = 1000;

    /// <summary>What is told of anything that is not of the form.</summary>
    public const string NotOne = "The token is not an RTM2 access token.";

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private int _names;

    /// <summary>What was not read yet.</summary>
    public ReadOnlyMemory<byte> Rest { get; private set; } = content;

    /// <summary>Why the body cannot be read; null as long as nothing was missing or not allowed.</summary>
    public string? Fault { get; private set; }

    private bool IsSound => Fault is null;

    /// <summary>Reads a whole body; null when it is malformed.</summary>
    /// <remarks>
    /// A service that is not known has no length that could be skipped: it, and what follows it, is not read. Services
    /// stand in the order of their numbers, so those that matter here come before newer ones.
    /// </remarks>
    public Rtm2Token? TakeToken()
    {
        var appId = TakeText();
        var (issuedAt, lifetime, salt) = (TakeUInt32(), TakeUInt32(), TakeUInt32());
        var services = ImmutableArray.CreateBuilder<Rtm2Service>();
        var count = TakeCount();
        for (; count > 0 && IsSound; count--)
        {
            if (TakeService() is not { } service)
                break;
            services.Add(service);
        }

        if (count == 0 && !Rest.IsEmpty)
            Refuse(NotOne);
        return IsSound ? new(appId, issuedAt, lifetime, salt, services.ToImmutable()) : null;
    }

    /// <summary>Reads bytes with their length in front.</summary>
    public byte[] TakeBytes() => Take(TakeUInt16()).ToArray();

    private Rtm2Service? TakeService()
    {
        var type = (Rtm2ServiceType)TakeUInt16();
        if (!Enum.IsDefined(type))
            return null;
        var privileges = ImmutableDictionary.CreateBuilder<ushort, uint>();
        for (var count = TakeCount(); count > 0 && IsSound; count--)
            privileges[TakeUInt16()] = TakeUInt32();
        var service = new Rtm2Service(type, privileges.ToImmutable(), "");
        switch (type)
        {
            case Rtm2ServiceType.Rtc:
            case Rtm2ServiceType.Streaming:
            case Rtm2ServiceType.Fcdn:
                service = service with { Channel = TakeText(), UserId = TakeText() };
                break;
            case Rtm2ServiceType.Rtm:
            case Rtm2ServiceType.Chat:
                service = service with { UserId = TakeText() };
                break;
            case Rtm2ServiceType.Apaas:
                service = service with { Channel = TakeText(), UserId = TakeText() };
                TakeUInt16();
                break;
            case Rtm2ServiceType.Rtm2:
                service = service with { UserId = TakeText(), Permissions = TakePermissions() };
                break;
        }

        return IsSound ? service : null;
    }

    /// <summary>Reads the lists of resources; null when there are none.</summary>
    private ResourcePermissions? TakePermissions()
    {
        var resources = TakeCount();
        if (resources == 0)
            return null;
        var known = new HashSet<ResourceKind>();
        var lists = new Dictionary<(ResourceKind, AccessKind), NamePatterns>();
        for (; resources > 0 && IsSound; resources--)
        {
            var resource = (ResourceKind)TakeUInt16();
            if (!Enum.IsDefined(resource) || !known.Add(resource))
                Refuse($"The token lists resource {(ushort)resource}, which is unknown, or lists it twice.");
            for (var kinds = TakeCount(); kinds > 0 && IsSound; kinds--)
            {
                var access = (AccessKind)TakeUInt16();
                if (!Enum.IsDefined(access) || !lists.TryAdd((resource, access), TakeNames()))
                    Refuse($"The token lists permission {(ushort)access}, which is unknown, or lists it twice.");
            }
        }

        return IsSound ? new(lists) : null;
    }

    private NamePatterns TakeNames()
    {
        var names = new List<string>();
        for (var count = TakeUInt16(); count > 0 && IsSound; count--)
        {
            var name = TakeText();
            if (++_names > NamesMax)
                Refuse($"The token lists more than {NamesMax} names.");
            else if (!NamePatterns.IsSound(name))
                Refuse("The token lists a name that has not 1 to 64 bytes, or a star that is not at its end.");
            else
                names.Add(name);
        }

        return new(names);
    }

    private int TakeCount()
    {
        var count = TakeUInt16();
        if (count <= EntriesMax)
            return count;
        Refuse(NotOne);
        return 0;
    }

    private ushort TakeUInt16() =>
        Take(sizeof(ushort)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;

    private uint TakeUInt32() =>
        Take(sizeof(uint)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;

    private string TakeText()
    {
        try
        {
            return StrictUtf8.GetString(Take(TakeUInt16()));
        }
        catch (DecoderFallbackException)
        {
            Refuse(NotOne);
            return "";
        }
    }

    /// <summary>The first reason counts.</summary>
    private void Refuse(string reason) => Fault ??= reason;

    private ReadOnlySpan<byte> Take(int count)
    {
        if (!IsSound || count > Rest.Length)
        {
            Refuse(NotOne);
            return default;
        }

        var taken = Rest[..count];
        Rest = Rest[count..];
        return taken.Span;
    }
}
