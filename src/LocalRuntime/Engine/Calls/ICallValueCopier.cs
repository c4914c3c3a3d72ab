namespace ImOrleans.LocalRuntime;

/// <summary>
/// Copies arguments and results between caller and callee, as a network would. Without one they are passed
/// by reference, which is safe for immutable values only.
/// </summary>
public interface ICallValueCopier
{
    /// <summary>
    /// A copy that shares nothing mutable with the value. References and observers are returned as they are.
    /// </summary>
    T Copy<T>(T value);
}
