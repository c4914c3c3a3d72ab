namespace Orleans.Runtime;

/// <summary>Anything that the runtime can address: a grain or an observer.</summary>
public interface IAddressable;
