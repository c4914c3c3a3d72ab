namespace ImOrleans.Gateway.Protocols.GoWire;

/// <summary>The event ids of this folder: 6200 to 6219. A retired one stays as a comment.</summary>
internal static class GoWireLogEvents
{
    public const int Listening = 6200;
    public const int AcceptFailed = 6201;
    public const int TooManyConnections = 6202;
    public const int FrameRefused = 6203;
    public const int LoginOverdue = 6204;
    public const int CallFailed = 6205;
    public const int ServingFailed = 6206;
}
