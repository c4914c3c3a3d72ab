namespace ImOrleans.ClientKit.GoWire;

/// <summary>What a request was answered with.</summary>
public sealed record GoReply(int Code, byte[] Message)
{
    public GoFields Fields => GoFields.Read(Message);
}
