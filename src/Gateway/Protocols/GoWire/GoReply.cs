using ImOrleans.Domain.Errors;
using ImOrleans.Gateway.Protocols.GoWire.Frames;

namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>The answer to a request.</summary>
/// <param name="Code">None when it was done.</param>
/// <param name="Message">What it yields; empty when it yields nothing, and beside a code.</param>
internal readonly record struct GoReply(ErrorCode Code, ReadOnlyMemory<byte> Message = default)
{
    /// <summary>Done, and yields nothing.</summary>
    public static GoReply Done => default;

    public static implicit operator GoReply(ErrorCode code) => new(code);

    public static implicit operator GoReply(Refusal refusal) => new(refusal.Code);

    /// <summary>Done, and yields a message. The SDK crashes on one without bytes.</summary>
    public static GoReply With(GoMessageWriter message) => new(ErrorCode.None, message.Written);

    /// <summary>Done or refused.</summary>
    public static GoReply Of<T>(Outcome<T> outcome) => outcome.Refusal is { } refusal ? refusal : Done;
}
