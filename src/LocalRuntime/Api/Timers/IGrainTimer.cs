namespace Orleans.Runtime;

/// <summary>A running timer of a grain. Disposing stops it and cancels the token of a running callback.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets a new due time and period; within a callback it takes effect when that ends.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}
