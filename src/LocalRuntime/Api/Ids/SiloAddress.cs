using System.Globalization;
using System.Net;

namespace Orleans.Runtime;

/// <summary>The address of one incarnation of a silo: a restarted silo has a higher generation.</summary>
public sealed class SiloAddress : IEquatable<SiloAddress>, IComparable<SiloAddress>
{
    private SiloAddress(IPEndPoint endpoint, int generation)
    {
        Endpoint = endpoint;
        Generation = generation;
    }

    public static SiloAddress Zero { get; } = New(new IPAddress(0), 0, 0);

    public IPEndPoint Endpoint { get; }

    public int Generation { get; }

    /// <summary>True for the address of a client, whose generation is negative.</summary>
    public bool IsClient => Generation < 0;

    public static SiloAddress New(IPEndPoint ep, int gen)
    {
        ArgumentNullException.ThrowIfNull(ep);
        return New(ep.Address, ep.Port, gen);
    }

    public static SiloAddress New(IPAddress address, int port, int generation)
    {
        ArgumentNullException.ThrowIfNull(address);
        var normal = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return new SiloAddress(new IPEndPoint(normal, port), generation);
    }

    /// <summary>The inverse of <see cref="ToParsableString"/>; throws <see cref="FormatException"/>.</summary>
    public static SiloAddress FromParsableString(string addr)
    {
        ArgumentNullException.ThrowIfNull(addr);
        var at = addr.LastIndexOf('@');
        var colon = at < 0 ? -1 : addr.LastIndexOf(':', at);
        if (colon < 0
            || !IPAddress.TryParse(addr.AsSpan(0, colon), out var ip)
            || !int.TryParse(addr.AsSpan(colon + 1, at - colon - 1), CultureInfo.InvariantCulture, out var port)
            || !int.TryParse(addr.AsSpan(at + 1), CultureInfo.InvariantCulture, out var generation))
        {
            throw new FormatException("Invalid string SiloAddress: " + addr);
        }

        return New(ip, port, generation);
    }

    public static SiloAddress Parse(string value) => FromParsableString(value);

    /// <summary>Address, port and generation as <c>ip:port@generation</c>.</summary>
    public string ToParsableString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Endpoint.Address}:{Endpoint.Port}@{Generation}");

    public bool Equals(SiloAddress? other) =>
        other is not null && Generation == other.Generation && Endpoint.Equals(other.Endpoint);

    public override bool Equals(object? obj) => Equals(obj as SiloAddress);

    public override int GetHashCode() => GetConsistentHashCode();

    /// <summary>A hash that is the same in every process.</summary>
    public int GetConsistentHashCode() => StableHash.Of(ToParsableString());

    public int CompareTo(SiloAddress? other) =>
        other is null ? 1 : string.CompareOrdinal(ToParsableString(), other.ToParsableString());

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"S{Endpoint.Address}:{Endpoint.Port}:{Generation}");
}
