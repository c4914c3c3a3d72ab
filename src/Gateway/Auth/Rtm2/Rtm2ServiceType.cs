namespace ImOrleans.Gateway.Auth.Rtm2;

/// <summary>The services that a token can open, by their numbers in it. Only those that matter here have names.</summary>
internal enum Rtm2ServiceType : ushort
{
    /// <summary>Media channels; joining one is what a stream channel asks for.</summary>
    Rtc = 1,

    /// <summary>Messaging: signing in.</summary>
    Rtm = 2,

    Streaming = 3,
    Fpa = 4,
    Chat = 5,
    Fcdn = 6,
    Apaas = 7,

    /// <summary>Messaging, with lists of what may be read and written.</summary>
    Rtm2 = 8,

    ConversationalAi = 9,
    SpeechToText = 10,
}
