using System.Text;

namespace ImOrleans.Client;

/// <summary>What a message carries: text or bytes. Converts implicitly from either.</summary>
/// <remarks>
/// <b>Range:</b> at most 1024 bytes in a topic and 32,768 to a user, as UTF-8 or as they are; empty is allowed.
/// <b>Errors:</b> the server refuses a longer one with 11010.
/// </remarks>
public readonly struct Payload : IEquatable<Payload>
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string? _text;
    private readonly bool _isBinary;

    /// <summary>Text.</summary>
    public Payload(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
    }

    /// <summary>Bytes. They are not copied: leave them alone until the call has ended.</summary>
    public Payload(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        _isBinary = true;
    }

    /// <summary>True for bytes, false for text.</summary>
    public bool IsBinary => _isBinary;

    /// <summary>The text; null for bytes.</summary>
    public string? Text => _isBinary ? null : _text ?? "";

    /// <summary>The bytes; text as UTF-8.</summary>
    public ReadOnlyMemory<byte> Bytes => _isBinary ? _bytes : Encoding.UTF8.GetBytes(_text ?? "");

    /// <summary>Text as a payload.</summary>
    public static implicit operator Payload(string text) => new(text);

    /// <summary>Bytes as a payload.</summary>
    public static implicit operator Payload(byte[] bytes) => new(bytes.AsMemory());

    /// <summary>Bytes as a payload.</summary>
    public static implicit operator Payload(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>The same as the conversion.</summary>
    public static Payload FromString(string text) => new(text);

    /// <summary>The same as the conversion.</summary>
    public static Payload FromBytes(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>Whether both carry the same.</summary>
    public static bool operator ==(Payload left, Payload right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    public static bool operator !=(Payload left, Payload right) => !left.Equals(right);

    /// <inheritdoc />
    public bool Equals(Payload other) => _isBinary == other._isBinary
        && (_isBinary ? _bytes.Span.SequenceEqual(other._bytes.Span) : Text == other.Text);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Payload other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }

    /// <summary>The text, or how many bytes there are.</summary>
    public override string ToString() => _isBinary ? $"{_bytes.Length} bytes" : Text!;
}
