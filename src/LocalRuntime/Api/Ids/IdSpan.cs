using System.Text;

namespace Orleans.Runtime;

/// <summary>The key of a grain or the name of a type, with a hash that is the same in every process.</summary>
/// <remarks>
/// Held as text, so that a key given as a string costs no copy; Orleans holds the same bytes as UTF-8.
/// </remarks>
public readonly struct IdSpan : IEquatable<IdSpan>, IComparable<IdSpan>
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string? _value;
    private readonly int _hash;

    /// <summary>Takes the UTF-8 bytes of a key. Throws when they are not UTF-8.</summary>
    public IdSpan(byte[] value)
        : this(Utf8.GetString(value))
    {
    }

    private IdSpan(string value)
    {
        _value = value;
        _hash = StableHash.Of(value);
    }

    /// <summary>The key as UTF-8 bytes; a new array at each call.</summary>
    public ReadOnlyMemory<byte> Value => _value is null ? default(ReadOnlyMemory<byte>) : Utf8.GetBytes(_value);

    /// <summary>True for the default value and for an empty key.</summary>
    public bool IsDefault => string.IsNullOrEmpty(_value);

    public static IdSpan Create(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return new IdSpan(id);
    }

    public ReadOnlySpan<byte> AsSpan() => Value.Span;

    public uint GetUniformHashCode() => unchecked((uint)_hash);

    public bool Equals(IdSpan obj) => _hash == obj._hash && string.Equals(_value, obj._value);

    public override bool Equals(object? obj) => obj is IdSpan other && Equals(other);

    public override int GetHashCode() => _hash;

    public int CompareTo(IdSpan other) => AsSpan().SequenceCompareTo(other.AsSpan());

    public override string ToString() => _value ?? "";

    public static bool operator ==(IdSpan left, IdSpan right) => left.Equals(right);

    public static bool operator !=(IdSpan left, IdSpan right) => !left.Equals(right);
}
