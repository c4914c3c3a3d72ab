namespace Orleans.Runtime;

/// <summary>The observer is gone: deleted, collected, or its host has left.</summary>
public sealed class ClientNotAvailableException : OrleansException
{
    internal ClientNotAvailableException(string message)
        : base(message)
    {
    }
}
