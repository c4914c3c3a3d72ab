using ImOrleans.Domain.Errors;

namespace ImOrleans.Gateway.Sessions;

/// <summary>A client's connection, as its protocol offers it to the session.</summary>
internal interface ISessionConnection
{
    /// <summary>Turns events into the bytes of one write.</summary>
    object Encode(IReadOnlyList<SessionEvent> events);

    /// <summary>The bytes of one event, encoded once for all sessions of the protocol.</summary>
    object Encode(SessionEvent sessionEvent);

    /// <summary>Writes what <c>Encode</c> made. Completes when the transport has room for more.</summary>
    ValueTask WriteAsync(object frame);

    /// <summary>Closes the connection; the client is told to come back when the code's range says so.</summary>
    void Close(DisconnectCode code);

    /// <summary>How long the client was not heard, where its protocol has it speak now and then; else zero.</summary>
    TimeSpan Silence => TimeSpan.Zero;

    /// <summary>Completes when the connection has ended, and with it the delivery of all that was written.</summary>
    Task EndedAsync();
}
