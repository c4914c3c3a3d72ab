using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace ImOrleans.Gateway.Auth.Rtm2;

/// <summary>
/// Reads the fields of an access token's body. What is not there makes every later read fail too; nothing throws.
/// </summary>
internal sealed class Rtm2TokenReader(ReadOnlyMemory<byte> content)
{
    /// <summary>Services, and privileges of one, that are looked at: more than there are kinds.</summary>
    private const int EntriesMax = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>What was not read yet.</summary>
    public ReadOnlyMemory<byte> Rest { get; private set; } = content;

    /// <summary>False once something was missing or not allowed.</summary>
    public bool IsSound { get; private set; } = true;

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

        var isWhole = count > 0 || Rest.IsEmpty;
        return IsSound && isWhole ? new(appId, issuedAt, lifetime, salt, services.ToImmutable()) : null;
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
                service = service with { UserId = TakeText(), IsRestricted = SkipPermissions() };
                break;
        }

        return IsSound ? service : null;
    }

    /// <summary>Reads over the lists of resources; true when there are any.</summary>
    private bool SkipPermissions()
    {
        var resources = TakeCount();
        for (var i = 0; i < resources && IsSound; i++)
        {
            TakeUInt16();
            for (var kinds = TakeCount(); kinds > 0 && IsSound; kinds--)
            {
                TakeUInt16();
                for (var names = TakeUInt16(); names > 0 && IsSound; names--)
                    TakeText();
            }
        }

        return resources > 0;
    }

    private int TakeCount()
    {
        var count = TakeUInt16();
        if (count <= EntriesMax)
            return count;
        IsSound = false;
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
            IsSound = false;
            return "";
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (!IsSound || count > Rest.Length)
        {
            IsSound = false;
            return default;
        }

        var taken = Rest[..count];
        Rest = Rest[count..];
        return taken.Span;
    }
}
